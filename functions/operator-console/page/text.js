// Languages, theme, and how numbers and times are written.

/** @type {'zh' | 'en'} */
let language = stored('language') === 'en' ? 'en' : stored('language') === 'zh' ? 'zh' : preferred();
/** @type {Set<() => void>} */
const listeners = new Set();

function preferred() {
    return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** @param {string} name */
function stored(name) {
    try {
        return localStorage.getItem(`ev-plaza.${name}`);
    } catch {
        return null;
    }
}

/** @param {string} name @param {string} value */
function store(name, value) {
    try {
        localStorage.setItem(`ev-plaza.${name}`, value);
    } catch {
        // A browser that keeps nothing forgets the choice at the next visit.
    }
}

/** The text in the language of the page. @param {string} zh @param {string} en */
export const t = (zh, en) => (language === 'zh' ? zh : en);

export const currentLanguage = () => language;

/** @param {'zh' | 'en'} chosen */
export function setLanguage(chosen) {
    language = chosen;
    store('language', chosen);
    apply();
    listeners.forEach((listener) => listener());
}

/** @returns {'auto' | 'light' | 'dark'} */
export const currentTheme = () => /** @type {any} */ (stored('theme')) ?? 'auto';

/** @param {'auto' | 'light' | 'dark'} chosen */
export function setTheme(chosen) {
    store('theme', chosen);
    apply();
    listeners.forEach((listener) => listener());
}

/** Calls back when language or theme change. @param {() => void} listener */
export function onSettings(listener) {
    listeners.add(listener);
    return () => void listeners.delete(listener);
}

export function apply() {
    const root = document.documentElement;
    root.lang = language === 'zh' ? 'zh-CN' : 'en';
    const theme = currentTheme();
    if (theme === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', theme);
}

const SHANGHAI = 'Asia/Shanghai';

/** `08:31`, in station time. @param {string | number | null | undefined} at */
export function clock(at) {
    return at == null ? '–' : format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, at);
}

/** `6月1日 08:31`. @param {string | number | null | undefined} at */
export function moment(at) {
    const shape = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
    return at == null ? '–' : format(/** @type {any} */ (shape), at);
}

/** `2026-06-01` in Shanghai. @param {string | number | Date} at */
export const dayOf = (at) => new Intl.DateTimeFormat('sv', { timeZone: SHANGHAI }).format(new Date(at));

/** @param {Intl.DateTimeFormatOptions} shape @param {string | number} at */
function format(shape, at) {
    const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
    return new Intl.DateTimeFormat(locale, { timeZone: SHANGHAI, ...shape }).format(new Date(at));
}

/** A day so many days later. @param {string} day @param {number} by */
export function plusDays(day, by) {
    const at = new Date(`${day}T00:00:00Z`);
    at.setUTCDate(at.getUTCDate() + by);
    return at.toISOString().slice(0, 10);
}

/** `1 小时 05 分`. @param {number} seconds */
export function span(seconds) {
    const minutes = Math.max(0, Math.round(seconds / 60));
    const hours = Math.floor(minutes / 60);
    if (hours >= 48) return t(`${Math.floor(hours / 24)} 天`, `${Math.floor(hours / 24)} d`);
    if (hours === 0) return t(`${minutes} 分`, `${minutes} min`);
    return t(`${hours} 时 ${minutes % 60} 分`, `${hours} h ${minutes % 60} min`);
}

/** With separators and so many decimals. @param {string | number} value @param {number} decimals */
export function number(value, decimals = 0) {
    const shape = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    return new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB', shape).format(Number(value));
}

/** @param {string | number} value */
export const yuan = (value) => `¥${number(value, 2)}`;

/** @param {string | number} value */
export const kwh = (value) => `${number(value, 1)} kWh`;
