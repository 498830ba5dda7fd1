// Takings: fees of each day, energy, and how they compare with the days before.

import { html, useState, Figures, Head, Loaded, Segments, useLoaded } from './ui.js';
import { get } from './api.js';
import { Chart } from './chart.js';
import { StationPick, stationDay, useStation } from './pick.js';
import { number, plusDays, t, yuan } from './text.js';

export default function Takings() {
    const pick = useStation();
    const [days, setDays] = useState('14');
    const report = useLoaded(() => load(pick.station, Number(days)), [pick.station, days]);
    return html`<${Head} title=${t('收入', 'Takings')} about=${t('按结束充电的日期统计（上海时间）', 'By the day on which a charge ended (Shanghai time)')}>
            <${StationPick} of=${pick} />
            <${Segments} label=${t('时间范围', 'Range')} value=${days} onChange=${setDays}
                options=${[['7', t('7 天', '7 days')], ['14', t('14 天', '14 days')], ['30', t('30 天', '30 days')]]} />
        <//>
        <${Loaded} of=${report}>${(/** @type {any} */ content) => html`<${View} ...${content} />`}<//>`;
}

/** The days until today and as many before them. @param {string} station @param {number} days */
async function load(station, days) {
    const today = await stationDay(station);
    const from = plusDays(today, 1 - 2 * days);
    /** @type {import('./api.js').Answers['GET /operator/stations/{station}/reports']} */
    const report = await get(`/operator/stations/${encodeURIComponent(station)}/reports?from=${from}&to=${today}`);
    const found = new Map(report.rows.map((row) => [row.from, row]));
    const every = Array.from({ length: 2 * days }, (_, n) => plusDays(from, n)).map((day) => ({ day, ...NOTHING, ...found.get(day) }));
    return { before: every.slice(0, days), rows: every.slice(days) };
}

const NOTHING = { sessions: 0, kwh: 0, charging_fee: 0, service_fee: 0, total_fee: 0, peak_waiting: 0 };

/** @param {any} props */
function View({ before, rows }) {
    const sum = (/** @type {any[]} */ of, /** @type {string} */ name) => of.reduce((total, row) => total + Number(row[name]), 0);
    const against = (/** @type {string} */ name) => change(sum(rows, name), sum(before, name));
    const column = (/** @type {string} */ name) => rows.map((/** @type {any} */ row) => Number(row[name]));
    const labels = rows.map((/** @type {any} */ row) => row.day.slice(5));
    const open = (/** @type {number} */ n) => (location.hash = `#/money?day=${rows[n].day}`);
    return html`<${Figures} items=${[
            [t('总收入', 'Takings'), yuan(sum(rows, 'total_fee')), against('total_fee')],
            [t('电费', 'Charging fee'), yuan(sum(rows, 'charging_fee')), against('charging_fee')],
            [t('服务费', 'Service fee'), yuan(sum(rows, 'service_fee')), against('service_fee')],
            [t('电量', 'Energy'), number(sum(rows, 'kwh')), `kWh ${against('kwh')}`],
            [t('充电次数', 'Sessions'), number(sum(rows, 'sessions')), against('sessions')],
        ]} />
        <section class="card">
            <header><h2>${t('每日收入与电量', 'Takings and energy by day')}</h2><span class="soft small">${t('点击某天查看账单', 'Click a day for its bills')}</span></header>
            <${Chart} title=${t('每日收入与电量', 'Takings and energy by day')} labels=${labels} onPick=${open} series=${[
                { name: t('电费（元）', 'Charging fee (¥)'), values: column('charging_fee'), color: 'accent-mid', kind: 'bar', decimals: 2 },
                { name: t('服务费（元）', 'Service fee (¥)'), values: column('service_fee'), color: 'accent', kind: 'bar', decimals: 2 },
                { name: t('电量（kWh）', 'Energy (kWh)'), values: column('kwh'), color: 'amber', kind: 'line', decimals: 1 },
            ]} />
        </section>`;
}

/** `+12%` against the days before. @param {number} now @param {number} then */
function change(now, then) {
    if (then === 0) return '';
    const percent = Math.round(((now - then) / then) * 100);
    return `${percent >= 0 ? '+' : '−'}${Math.abs(percent)}%`;
}
