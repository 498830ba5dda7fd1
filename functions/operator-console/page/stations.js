// Stations: all of them by page, those with faults first.

import { html, useEffect, useState, Field, Head, Loaded, useLoaded } from './ui.js';
import { get, Refusal } from './api.js';
import { dayOf, number, t, yuan } from './text.js';

const PAGE = 20;
const AT_ONCE = 4;

export default function Stations() {
    const [after, setAfter] = useState(/** @type {string[]} */ ([]));
    const [wanted, setWanted] = useState('');
    const last = after.at(-1);
    const page = useLoaded(() => get(`/operator/stations?limit=${PAGE}${last ? `&after=${encodeURIComponent(last)}` : ''}`), [last]);
    const looks = useLooks(page.content?.stations ?? []);
    const open = (/** @type {any} */ event) => {
        event.preventDefault();
        if (wanted.trim()) location.hash = `#/stations/${encodeURIComponent(wanted.trim())}`;
    };
    return html`<${Head} title=${t('充电站', 'Stations')} about=${t('故障优先，其余按名称排列', 'Faults first, then by name')}>
            <form class="row" onSubmit=${open}>
                <${Field} label=${t('打开充电站', 'Open a station')}>
                    <input value=${wanted} placeholder="S1" onInput=${(/** @type {any} */ event) => setWanted(event.target.value)} />
                <//>
            </form>
        <//>
        <${Loaded} of=${page}>${(/** @type {any} */ content) => html`<${Table} stations=${content.stations} looks=${looks} />
            ${(last || content.next) && html`<nav class="row end" aria-label=${t('分页', 'Pages')}>
                <button type="button" disabled=${after.length === 0} onClick=${() => setAfter(after.slice(0, -1))}>${t('上一页', 'Previous')}</button>
                <button type="button" disabled=${!content.next} onClick=${() => setAfter([...after, content.next])}>${t('下一页', 'Next')}</button>
            </nav>`}`}<//>`;
}

/** A look at each station of a page, a few at a time. @param {any[]} stations */
function useLooks(stations) {
    const [looks, setLooks] = useState(/** @type {Record<string, any>} */ ({}));
    const ids = stations.map((station) => station.station_id).join();
    useEffect(() => {
        const queue = ids ? ids.split(',') : [];
        let current = true;
        const work = async () => {
            for (let id = queue.shift(); id && current; id = queue.shift()) {
                const look = await lookAt(id).catch((error) => ({ refusal: error instanceof Refusal ? error.message : '–' }));
                if (current) setLooks((before) => ({ ...before, [id]: look }));
            }
        };
        for (let n = 0; n < AT_ONCE; n++) void work();
        return () => void (current = false);
    }, [ids]);
    return looks;
}

/** @param {string} id */
async function lookAt(id) {
    const path = `/operator/stations/${encodeURIComponent(id)}`;
    /** @type {import('./api.js').Answers['GET /operator/stations/{station}']} */
    const live = await get(path);
    /** @type {import('./api.js').Answers['GET /operator/stations/{station}/reports']} */
    const report = await get(`${path}/reports?from=${dayOf(live.at)}`);
    const charging = live.piles.filter((pile) => pile.cars[0]?.charging_since).length;
    const failed = live.piles.filter((pile) => pile.state === 'FAULT').length;
    return { charging, failed, waiting: live.waiting.length + live.displaced.length, today: report.rows[0] };
}

/** @param {any} props */
function Table({ stations, looks }) {
    if (stations.length === 0) return html`<p class="empty card">${t('还没有充电站', 'No stations yet')}</p>`;
    const failed = (/** @type {any} */ station) => looks[station.station_id]?.failed ?? 0;
    const ordered = [...stations].sort((a, b) => failed(b) - failed(a));
    return html`<section class="card flush"><div class="scroll" tabindex="0" role="region" aria-label=${t('充电站', 'Stations')}>
        <table>
            <thead><tr>
                <th scope="col">${t('编号', 'Station')}</th><th scope="col">${t('状态', 'State')}</th>
                <th scope="col" class="number">${t('充电中', 'Charging')}</th><th scope="col" class="number">${t('等候', 'Waiting')}</th>
                <th scope="col" class="number">${t('今日电量', 'Energy today')}</th><th scope="col" class="number">${t('今日收入', 'Takings today')}</th>
                <th scope="col">${t('快充 / 慢充', 'Fast / slow')}</th>
            </tr></thead>
            <tbody>${ordered.map((station) => html`<${Row} key=${station.station_id} station=${station} look=${looks[station.station_id]} />`)}</tbody>
        </table></div>
    </section>`;
}

/** @param {any} props */
const Row = ({ station, look }) =>
    html`<tr>
        <th scope="row"><a href=${`#/stations/${encodeURIComponent(station.station_id)}`}>${station.station_id}</a></th>
        <td>${!look ? html`<span class="tag">…</span>` : look.refusal ? html`<span class="tag" title=${look.refusal}>${look.refusal}</span>` : look.failed ? html`<span class="tag bad">${t(`${look.failed} 桩故障`, `${look.failed} failed`)}</span>` : html`<span class="tag good">${t('正常', 'In order')}</span>`}</td>
        <td class="number">${look?.charging ?? '–'} <span class="soft">/ ${station.fast_piles + station.slow_piles}</span></td>
        <td class="number">${look?.waiting ?? '–'} <span class="soft">/ ${station.waiting_area_N}</span></td>
        <td class="number">${look?.today ? `${number(look.today.kwh, 1)} kWh` : '–'}</td>
        <td class="number">${look?.today ? yuan(look.today.total_fee) : '–'}</td>
        <td class="soft">${station.fast_piles} × ${station.fast_power_kwh_per_h} kW · ${station.slow_piles} × ${station.slow_power_kwh_per_h} kW</td>
    </tr>`;
