// Utilisation: of each day, how long each pile charged, as a heat map.

import { html, useState, Figures, Head, Loaded, Segments, useLoaded } from './ui.js';
import { get } from './api.js';
import { StationPick, stationDay, useStation } from './pick.js';
import { number, plusDays, t } from './text.js';

export default function Usage() {
    const pick = useStation();
    const [days, setDays] = useState('7');
    const report = useLoaded(() => load(pick.station, Number(days)), [pick.station, days]);
    return html`<${Head} title=${t('利用率', 'Utilisation')} about=${t('充电时间占全天的比例', 'Charging time as a share of the day')}>
            <${StationPick} of=${pick} />
            <${Segments} label=${t('时间范围', 'Range')} value=${days} onChange=${setDays} options=${[['7', t('7 天', '7 days')], ['14', t('14 天', '14 days')], ['28', t('28 天', '28 days')]]} />
        <//>
        <${Loaded} of=${report}>${(/** @type {any} */ content) => html`<${View} ...${content} />`}<//>`;
}

/** @param {string} station @param {number} count */
async function load(station, count) {
    const today = await stationDay(station);
    const from = plusDays(today, 1 - count);
    const path = `/operator/stations/${encodeURIComponent(station)}`;
    const [report, { settings }] = await Promise.all([get(`${path}/reports?from=${from}&to=${today}`), get(`${path}/settings`)]);
    const piles = [...names('F', settings.fast_piles), ...names('T', settings.slow_piles)];
    const rows = new Map(report.rows.map((/** @type {any} */ row) => [row.from, row]));
    const days = Array.from({ length: count }, (_, n) => {
        const row = /** @type {any} */ (rows.get(plusDays(from, n)));
        const hours = new Map((row?.piles ?? []).map((/** @type {any} */ pile) => [pile.name, Number(pile.hours)]));
        return { day: plusDays(from, n), peak: row?.peak_waiting ?? 0, shares: piles.map((pile) => Math.min(1, Number(hours.get(pile) ?? 0) / 24)) };
    });
    return { piles, days };
}

/** @param {string} letter @param {number} count */
const names = (letter, count) => Array.from({ length: count }, (_, n) => `${letter}${n + 1}`);

/** @param {any} props */
function View({ piles, days }) {
    const percent = (/** @type {number} */ share) => `${number(share * 100)}%`;
    const mean = (/** @type {number[]} */ shares) => shares.reduce((sum, share) => sum + share, 0) / (shares.length || 1);
    const of = (/** @type {string} */ letter) => days.flatMap((/** @type {any} */ day) => day.shares.filter((/** @type {any} */ _, /** @type {number} */ n) => piles[n].startsWith(letter)));
    return html`<${Figures} items=${[
            [t('平均', 'Mean'), percent(mean(days.flatMap((/** @type {any} */ day) => day.shares)))],
            [t('快充', 'Fast'), percent(mean(of('F')))],
            [t('慢充', 'Slow'), percent(mean(of('T')))],
            [t('最多等候', 'Most waiting'), Math.max(...days.map((/** @type {any} */ day) => day.peak)), t('辆', 'cars')],
        ]} />
        <section class="card flush"><header><h2>${t('每桩每日', 'Each pile, each day')}</h2></header>
            <div class="scroll" tabindex="0" role="region" aria-label=${t('利用率', 'Utilisation')}><table class="heat">
                <thead><tr><th scope="col">${t('桩', 'Pile')}</th>${days.map((/** @type {any} */ day) => html`<th scope="col" class="number" key=${day.day}>${day.day.slice(5)}</th>`)}</tr></thead>
                <tbody>${piles.map((/** @type {string} */ pile, /** @type {number} */ n) => html`<tr key=${pile}><th scope="row">${pile}</th>
                    ${days.map((/** @type {any} */ day) => html`<td key=${day.day} class="number heat${Math.ceil(day.shares[n] * 5)}">${percent(day.shares[n])}</td>`)}</tr>`)}</tbody>
            </table></div>
        </section>`;
}
