// The public board: which numbers are called to which pile, and how long the lines are. It needs no session.

import { html, useEffect, useState } from './ui.js';
import { clock, currentLanguage, onSettings, setLanguage, t } from './text.js';

const EVERY = 2000;

/** @param {{ station: string }} props */
export function Board({ station }) {
    const [board, setBoard] = useState(/** @type {any} */ (null));
    const [problem, setProblem] = useState('');
    const [, setTurn] = useState(0);
    useEffect(() => onSettings(() => setTurn((turn) => turn + 1)), []);
    useEffect(() => {
        let current = true;
        const load = async () => {
            const answer = await fetch(`/boards/${encodeURIComponent(station)}`).then((it) => it.json(), () => null);
            if (!current) return;
            if (answer?.code === 200) setBoard(answer.data);
            setProblem(answer?.code === 200 ? '' : (answer?.msg ?? t('暂时无法更新', 'No news at the moment')));
        };
        void load();
        const timer = setInterval(load, EVERY);
        return () => {
            current = false;
            clearInterval(timer);
        };
    }, [station]);
    return html`<main class="board">
        <header>
            <h1>${t('充电站', 'Station')} ${station}</h1>
            <p class="time">${clock(board?.at)}</p>
            <button type="button" class="quiet" lang=${currentLanguage() === 'zh' ? 'en' : 'zh-CN'} onClick=${() => setLanguage(currentLanguage() === 'zh' ? 'en' : 'zh')}>${currentLanguage() === 'zh' ? 'English' : '中文'}</button>
        </header>
        ${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
        ${board && html`<${Called} piles=${board.piles} />
            <div class="halls">${board.lines.map((/** @type {any} */ line) => html`<${Hall} key=${line.mode} line=${line} />`)}</div>
            ${board.displaced.length > 0 && html`<p class="displaced">${t('请等待重新安排：', 'Will be placed again: ')}<b>${board.displaced.join('  ')}</b></p>`}`}
    </main>`;
}

/** @param {any} props */
const Called = ({ piles }) =>
    html`<section aria-label=${t('叫号', 'Called numbers')}><ul class="called">
        ${piles.map((/** @type {any} */ pile) => html`<li key=${pile.name} class=${pile.state === 'FAULT' ? 'failed' : pile.charging ? '' : 'free'}>
            <span class="name">${pile.name}</span>
            <b>${pile.charging ?? (pile.state === 'FAULT' ? t('故障', 'Out') : '–')}</b>
            <span class="then">${pile.called.length > 0 ? `${t('请到桩前', 'Please come')} ${pile.called.join(' ')}` : pile.charging ? t('充电中', 'Charging') : ''}</span>
        </li>`)}
    </ul></section>`;

/** @param {any} props */
const Hall = ({ line }) =>
    html`<section class="hall" aria-label=${line.mode === 'fast' ? t('快充等候', 'Waiting for fast piles') : t('慢充等候', 'Waiting for slow piles')}>
        <h2>${line.mode === 'fast' ? t('快充等候', 'Fast') : t('慢充等候', 'Slow')}<span>${t(`${line.waiting} 辆`, `${line.waiting} waiting`)}</span></h2>
        <ol>${line.next.map((/** @type {string} */ number) => html`<li key=${number}>${number}</li>`)}</ol>
        ${line.waiting > line.next.length && html`<p>${t(`另有 ${line.waiting - line.next.length} 辆`, `and ${line.waiting - line.next.length} more`)}</p>`}
    </section>`;
