// Icons as outlines on a grid of 24, each a path.

import { html } from './ui.js';

/** @type {Record<string, string>} */
const PATHS = {
    stations: 'M5 21V5a2 2 0 0 1 2-2h6a2 2 0 0 1 2 2v16M3 21h14M15 10h2a2 2 0 0 1 2 2v4a1.5 1.5 0 0 0 3 0V9l-3-3M11 7l-3 5h4l-3 5',
    takings: 'M4 20V10M10 20V4M16 20v-8M22 20H2',
    usage: 'M4 4h4v4H4zM10 4h4v4h-4zM16 4h4v4h-4zM4 10h4v4H4zM10 10h4v4h-4zM16 10h4v4h-4zM4 16h4v4H4zM10 16h4v4h-4zM16 16h4v4h-4z',
    prices: 'M3 18h5v-6h5V6h5v8h4',
    whatif: 'M6 3v6a6 6 0 0 0 6 6h6M15 12l3 3-3 3M6 21v-8',
    papers: 'M3 5h18v14H3zM7 10a2 2 0 1 0 4 0 2 2 0 0 0-4 0M6 16c.6-2 5.4-2 6 0M15 10h3M15 14h3',
    money: 'M7 4l5 7 5-7M12 11v9M7 12h10M7 16h10',
    people: 'M8 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2 20c.5-6 11.5-6 12 0M16 5a3 3 0 0 1 0 6M17 14c3 .3 4.7 2.5 5 6',
    trail: 'M6 4v16M6 6h0M10 6h10M10 12h10M10 18h10',
    auto: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
    light: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M4 4l1.5 1.5M18.5 18.5 20 20M2 12h2M20 12h2M4 20l1.5-1.5M18.5 5.5 20 4',
    dark: 'M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10z',
    brand: 'M13 2 4 14h7l-1 8 9-12h-7z',
};

/** @param {string} name */
export const icon = (name) =>
    html`<svg viewBox="0 0 24 24" fill=${name === 'brand' ? 'var(--accent)' : 'none'} stroke=${name === 'brand' ? 'none' : 'currentColor'} stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" width="18" height="18"><path d=${PATHS[name] ?? ''} /></svg>`;
