// Days as stacked bars with a line on a scale of its own, and the same numbers as a table.

import { html, useEffect, useRef, useState } from './ui.js';
import { number, t } from './text.js';

/** An element, and how wide it is. @returns {[any, number]} */
export function useWidth() {
    const place = useRef(/** @type {HTMLElement | null} */ (null));
    const [width, setWidth] = useState(800);
    useEffect(() => {
        const sized = new ResizeObserver(([entry]) => setWidth(Math.max(240, entry.contentRect.width)));
        if (place.current) sized.observe(place.current);
        return () => sized.disconnect();
    }, []);
    return [place, width];
}

/** @typedef {{ name: string, values: number[], color: string, kind: 'bar' | 'line', decimals: number }} Series */

const LEFT = 52;
const RIGHT = 48;
const TOP = 12;
const BOTTOM = 26;
const TICKS = 4;

/**
 * Bars are stacked in the order in which they are given.
 * @param {{ title: string, labels: string[], series: Series[], onPick?: (index: number) => void }} props
 */
export function Chart({ title, labels, series, onPick }) {
    const [place, width] = useWidth();
    return html`<figure class="chart" aria-label=${title}>
        <div ref=${place} aria-hidden="true"><${Drawing} width=${width} labels=${labels} series=${series} onPick=${onPick} /></div>
        <ul class="legend small soft">${series.map((one) => html`<li key=${one.name}><i class="swatch ${one.color}"></i>${one.name}</li>`)}</ul>
        <details>
            <summary>${t('查看数据表', 'Show the numbers')}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=${title}><table>
                <caption class="unseen">${title}</caption>
                <thead><tr><th scope="col">${t('日期', 'Day')}</th>${series.map((one) => html`<th scope="col" class="number" key=${one.name}>${one.name}</th>`)}</tr></thead>
                <tbody>${labels.map((label, n) => html`<tr key=${label}>
                    <th scope="row">${onPick ? html`<button type="button" class="quiet slim" onClick=${() => onPick(n)}>${label}</button>` : label}</th>
                    ${series.map((one) => html`<td class="number" key=${one.name}>${number(one.values[n], one.decimals)}</td>`)}
                </tr>`)}</tbody>
            </table></div>
        </details>
    </figure>`;
}

/** @param {any} props */
function Drawing({ width, labels, series, onPick }) {
    const height = width < 520 ? 230 : 300;
    const bars = /** @type {Series[]} */ (series.filter((/** @type {Series} */ one) => one.kind === 'bar'));
    const lines = /** @type {Series[]} */ (series.filter((/** @type {Series} */ one) => one.kind === 'line'));
    const sums = labels.map((/** @type {string} */ _, /** @type {number} */ n) => bars.reduce((sum, one) => sum + one.values[n], 0));
    const most = round(Math.max(...sums));
    const mostOfLine = round(Math.max(0, ...lines.flatMap((one) => one.values)));
    const slot = (width - LEFT - RIGHT) / labels.length;
    const x = (/** @type {number} */ n) => LEFT + slot * (n + 0.5);
    const y = (/** @type {number} */ value, /** @type {number} */ top) => height - BOTTOM - (value / top) * (height - BOTTOM - TOP);
    const bar = Math.min(44, slot * 0.62);
    const every = Math.ceil(labels.length / Math.max(2, Math.floor((width - LEFT - RIGHT) / 64)));
    const points = (/** @type {Series} */ one) => one.values.map((value, n) => `${x(n)},${y(value, mostOfLine)}`).join(' ');
    return html`<svg class="drawing" viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height}>
        ${Array.from({ length: TICKS + 1 }, (_, n) => html`<g key=${n}>
            <line class="grid" x1=${LEFT} x2=${width - RIGHT} y1=${y(n, TICKS)} y2=${y(n, TICKS)} />
            <text x=${LEFT - 8} y=${y(n, TICKS) + 4} text-anchor="end">${number((most * n) / TICKS)}</text>
            ${lines.length > 0 && html`<text x=${width - RIGHT + 8} y=${y(n, TICKS) + 4}>${number((mostOfLine * n) / TICKS)}</text>`}
        </g>`)}
        ${labels.map((/** @type {string} */ label, /** @type {number} */ n) => {
            let below = 0;
            return html`<g key=${label} class=${onPick ? 'pick' : ''} onClick=${() => onPick?.(n)}>
                <title>${[label, ...series.map((/** @type {Series} */ one) => `${one.name} ${number(one.values[n], one.decimals)}`)].join('\n')}</title>
                <rect class="slot" x=${x(n) - slot / 2} y=${TOP} width=${slot} height=${height - BOTTOM - TOP} />
                ${bars.map((one) => {
                    const [from, to] = [below, (below += one.values[n])];
                    return html`<rect key=${one.name} class=${`fill ${one.color}`} x=${x(n) - bar / 2} width=${bar} y=${y(to, most)} height=${y(from, most) - y(to, most)} />`;
                })}
                ${n % every === 0 && html`<text x=${x(n)} y=${height - 8} text-anchor="middle">${label}</text>`}
            </g>`;
        })}
        ${lines.map((one) => html`<g key=${one.name} class=${`line ${one.color}`}><polyline points=${points(one)} />${one.values.map((value, n) => html`<circle key=${n} cx=${x(n)} cy=${y(value, mostOfLine)} r="3" />`)}</g>`)}
    </svg>`;
}

/** The next higher 1, 2, 4 or 8 with zeros, so that quarters are whole. @param {number} value */
function round(value) {
    const zeros = 10 ** Math.floor(Math.log10(Math.max(4, value)));
    return zeros * ([1, 2, 4, 8, 10].find((step) => step * zeros >= value) ?? 10);
}
