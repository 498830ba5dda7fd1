// The prices of a day as a step line, and what an order costs in them.

import { useWidth } from './chart.js';
import { html } from './ui.js';
import { t } from './text.js';

/** @typedef {[string, string, string]} Band from, to, yuan per kWh */

/** @param {string} text */
export const minutes = (text) => {
    const [hours, rest] = text.split(':').map(Number);
    return hours * 60 + rest;
};

const HEIGHT = 180;
const LEFT = 4;
const BOTTOM = 24;
const TOP = 14;

/** @param {{ bands: Band[], service: string, title: string }} props */
export function Steps({ bands, service, title }) {
    const [place, width] = useWidth();
    const highest = Math.max(0.1, ...bands.map((band) => Number(band[2])));
    const x = (/** @type {number} */ minute) => LEFT + (minute / 1440) * (width - 2 * LEFT);
    const y = (/** @type {number} */ price) => HEIGHT - BOTTOM - (price / (highest * 1.15)) * (HEIGHT - BOTTOM - TOP);
    const path = bands.map((band, n) => `${n === 0 ? 'M' : 'L'}${x(minutes(band[0]))} ${y(Number(band[2]))} H${x(minutes(band[1]))}`).join(' ');
    const ground = HEIGHT - BOTTOM;
    return html`<figure class="steps" aria-label=${title} ref=${place}>
        <svg viewBox=${`0 0 ${width} ${HEIGHT}`} width=${width} height=${HEIGHT} aria-hidden="true">
            ${[0, 6, 12, 18, 24].map((hour) => html`<g key=${hour}><line x1=${x(hour * 60)} x2=${x(hour * 60)} y1=${TOP} y2=${ground} class="grid" />
                <text x=${x(hour * 60)} y=${HEIGHT - 6} text-anchor=${hour === 24 ? 'end' : hour === 0 ? 'start' : 'middle'}>${String(hour).padStart(2, '0')}:00</text></g>`)}
            <path d=${`${path} V${ground} H${x(0)} Z`} class="area" /><path d=${path} class="step" />
            ${bands.filter((band) => x(minutes(band[1])) - x(minutes(band[0])) > 30).map((band) => html`<text key=${band[0]} class="price" x=${(x(minutes(band[0])) + x(minutes(band[1]))) / 2} y=${y(Number(band[2])) - 5} text-anchor="middle">${Number(band[2]).toFixed(2)}</text>`)}
        </svg>
        <table class="unseen"><caption>${title}</caption><thead><tr><th scope="col">${t('时段', 'Band')}</th><th scope="col">${t('电价', 'Price')}</th></tr></thead>
            <tbody>${bands.map((band) => html`<tr key=${band[0]}><th scope="row">${band[0]}–${band[1]}</th><td>${band[2]}</td></tr>`)}</tbody></table>
        <figcaption class="small soft">${t(`元/kWh，另加服务费 ${service}`, `¥ per kWh, plus a service fee of ${service}`)}</figcaption>
    </figure>`;
}

/**
 * What an order costs that charges without a break: an estimate for people, the bill is the server's.
 * @param {{ bands: Band[], service: string, kwh: number, kw: number, start: string }} order
 */
export function cost({ bands, service, kwh, kw, start }) {
    let [left, at, fee] = [(kwh / kw) * 60, minutes(start), 0];
    while (left > 1e-9) {
        const band = bands.find((one) => minutes(one[0]) <= at && at < minutes(one[1]));
        if (!band) return null;
        const here = Math.min(left, minutes(band[1]) - at);
        fee += (here / 60) * kw * Number(band[2]);
        left -= here;
        at = (at + here) % 1440;
    }
    return { charging: fee, service: kwh * Number(service) };
}
