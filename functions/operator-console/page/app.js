// The frame: where a person is, the navigation, and the session.

import { html, render, useEffect, useState } from './ui.js';
import { currentSession, isBusy, onChange, wantsSignIn } from './api.js';
import { apply, onSettings, t } from './text.js';
import { Settings } from './settings.js';
import { SignIn } from './signin.js';
import { icon } from './icons.js';

/** Each screen: its address, its name, and the file that draws it. @type {[string, () => string, string][]} */
const SCREENS = [
    ['stations', () => t('充电站', 'Stations'), './stations.js'],
    ['takings', () => t('收入', 'Takings'), './takings.js'],
    ['usage', () => t('利用率', 'Utilisation'), './usage.js'],
    ['prices', () => t('电价', 'Prices'), './prices.js'],
    ['whatif', () => t('推演', 'What if'), './whatif.js'],
    ['papers', () => t('证件审核', 'Papers'), './papers.js'],
    ['money', () => t('账款', 'Money'), './money.js'],
    ['people', () => t('人员', 'People'), './people.js'],
    ['trail', () => t('审计', 'Audit trail'), './trail.js'],
];

/** `#/stations/S1?…` as its parts. */
function place() {
    const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
    const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
    return { screen: parts[0] ?? 'stations', rest: parts.slice(1), query: new URLSearchParams(query ?? '') };
}

function App() {
    const [, setTurn] = useState(0);
    const [at, setAt] = useState(place());
    const [Screen, setScreen] = useState(/** @type {any} */ (null));
    useEffect(() => {
        const again = () => setTurn((turn) => turn + 1);
        const moved = () => setAt(place());
        addEventListener('hashchange', moved);
        const ends = [onChange(again), onSettings(again), () => removeEventListener('hashchange', moved)];
        return () => ends.forEach((end) => end());
    }, []);
    const file = at.screen === 'stations' && at.rest[0] ? './station.js' : SCREENS.find(([name]) => name === at.screen)?.[2];
    useEffect(() => {
        let current = true;
        import(file ?? './stations.js').then((module) => current && setScreen(() => module.default));
        return () => void (current = false);
    }, [file]);

    const signedIn = currentSession() !== null;
    return html`<div class="frame">
            <a class="skip" href="#main" onClick=${(/** @type {Event} */ event) => {
                event.preventDefault();
                document.getElementById('main')?.focus();
            }}>${t('跳到正文', 'Skip to the content')}</a>
            ${signedIn && html`<${Side} at=${at} />`}
            <main id="main" tabindex="-1">
                ${signedIn && Screen && html`<${Screen} key=${file + at.rest.join('/')} at=${at} />`}
                ${signedIn && isBusy() && html`<div class="progress" role="progressbar" aria-label=${t('正在加载', 'Loading')}></div>`}
            </main>
        </div>
        ${wantsSignIn() && html`<${SignIn} again=${signedIn} />`}`;
}

/** @param {any} props */
const Side = ({ at }) =>
    html`<header class="side">
        <div class="brand">${icon('brand')}<span>ev-plaza</span></div>
        <${Settings} signOutToo />
        <nav aria-label=${t('页面', 'Screens')}>
            <ul>
                ${SCREENS.map(
                    ([name, title]) =>
                        html`<li key=${name}><a href=${`#/${name}`} aria-current=${at.screen === name ? 'page' : undefined}>${icon(name)}${title()}</a></li>`,
                )}
            </ul>
        </nav>
    </header>`;

apply();
const app = /** @type {HTMLElement} */ (document.getElementById('app'));
const board = location.pathname.match(/^\/board\/([^/]+)$/);
if (board) import('./board.js').then(({ Board }) => render(html`<${Board} station=${decodeURIComponent(board[1])} />`, app));
else render(html`<${App} />`, app);
