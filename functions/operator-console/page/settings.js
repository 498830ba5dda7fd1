// Language, theme and signing out.

import { html } from './ui.js';
import { signOut } from './api.js';
import { icon } from './icons.js';
import { currentLanguage, currentTheme, setLanguage, setTheme, t } from './text.js';

/** @param {any} props */
export const Settings = ({ signOutToo }) => {
    const themes = { auto: t('跟随系统', 'System theme'), light: t('浅色', 'Light'), dark: t('深色', 'Dark') };
    const order = /** @type {const} */ (['auto', 'light', 'dark']);
    const next = order[(order.indexOf(currentTheme()) + 1) % 3];
    return html`<div class="settings">
        <button class="quiet slim" type="button" lang=${currentLanguage() === 'zh' ? 'en' : 'zh-CN'} onClick=${() => setLanguage(currentLanguage() === 'zh' ? 'en' : 'zh')}>
            ${currentLanguage() === 'zh' ? 'English' : '中文'}
        </button>
        <button class="quiet slim" type="button" aria-label=${t('外观：', 'Theme: ') + themes[currentTheme()]} onClick=${() => setTheme(next)}>
            ${icon(currentTheme())}<span class="wide-only">${themes[currentTheme()]}</span>
        </button>
        ${signOutToo && html`<button class="quiet slim" type="button" onClick=${signOut}>${t('退出', 'Sign out')}</button>`}
    </div>`;
};
