// Station now: what each pile does, who waits, and who is called next.

import { html, useEffect, useState, Confirm, Field, Figures, Head, Loaded, Segments, useLoaded } from './ui.js';
import { call, get } from './api.js';
import { Lane, Axis, horizon } from './lane.js';
import { nextCalled, stationTime } from './live.js';
import { clock, number, span, t, yuan } from './text.js';

const EVERY = 3000;

/** @param {any} props */
export default function Station({ at }) {
    const id = at.rest[0];
    const live = useLoaded(() => get(`/operator/stations/${encodeURIComponent(id)}`), [id]);
    const [acting, setActing] = useState(/** @type {any} */ (null));
    const now = useTicking(live);
    return html`<${Head} title=${`${t('充电站', 'Station')} ${id}`} about=${live.content && t(`站内时间 ${clock(now)}`, `Station time ${clock(now)}`)}>
            <a class="button" href="#/stations">${t('全部充电站', 'All stations')}</a>
            <a class="button" href=${`/board/${encodeURIComponent(id)}`} target="_blank">${t('叫号屏', 'Public board')}</a>
        <//>
        <${Loaded} of=${live}>${(/** @type {any} */ view) => html`<${View} view=${view} now=${now} onAct=${setActing} />`}<//>
        ${acting && html`<${Act} station=${id} pile=${acting} onClose=${() => setActing(null)} onDone=${live.reload} />`}`;
}

/** Loads every few seconds while the page is seen, and counts station time on in between. @param {any} live */
function useTicking(live) {
    const [, setTick] = useState(0);
    useEffect(() => {
        const seen = () => document.visibilityState === 'visible';
        const load = setInterval(() => seen() && live.reload(), EVERY);
        const tick = setInterval(() => seen() && setTick((n) => n + 1), 1000);
        return () => [load, tick].forEach(clearInterval);
    }, [live.reload]);
    return live.content ? stationTime(live.content) : 0;
}

/** @param {any} props */
function View({ view, now, onAct }) {
    const charging = view.piles.filter((/** @type {any} */ pile) => pile.cars[0]?.charging_since).length;
    const failed = view.piles.filter((/** @type {any} */ pile) => pile.state === 'FAULT').length;
    const until = horizon(view, now);
    const next = nextCalled(view.waiting);
    return html`<${Figures} items=${[
            [t('充电中', 'Charging'), charging, `/ ${view.piles.length}`],
            [t('等候', 'Waiting'), view.waiting.length, t('辆', 'cars')],
            [t('故障桩', 'Faults'), failed, '', failed ? 'bad' : ''],
            [t('下一个叫号', 'Called next'), next ? next.number : '–', next ? clock(next.expected_call_at) : ''],
        ]} />
        ${view.displaced.length > 0 && html`<${Displaced} cars=${view.displaced} />`}
        <section class="card flush lanes" aria-label=${t('充电桩', 'Piles')}>
            <header><h2>${t('充电桩', 'Piles')}</h2><${Legend} /></header>
            <${Axis} now=${now} until=${until} />
            <ul>${view.piles.map((/** @type {any} */ pile) => html`<${Lane} key=${pile.name} pile=${pile} at=${Date.parse(view.at)} now=${now} until=${until} onAct=${() => onAct(pile)} />`)}</ul>
        </section>
        <section class="card" aria-label=${t('等候区', 'Waiting area')}>
            <header><h2>${t('等候区', 'Waiting area')}</h2><span class="soft small">${t('按到达顺序', 'In order of arrival')}</span></header>
            <div class="lines">
                <${Line} name=${t('快充', 'Fast')} cars=${ofMode(view.waiting, 'F')} next=${next} />
                <${Line} name=${t('慢充', 'Slow')} cars=${ofMode(view.waiting, 'T')} next=${next} />
            </div>
        </section>`;
}

/** @param {any[]} cars @param {string} letter */
const ofMode = (cars, letter) => cars.filter((car) => car.number.startsWith(letter));

const Legend = () =>
    html`<ul class="legend small soft">
        <li><i class="swatch got"></i>${t('已充', 'Delivered')}</li>
        <li><i class="swatch left"></i>${t('剩余', 'Left')}</li>
        <li><i class="swatch queued"></i>${t('排队', 'Queued')}</li>
    </ul>`;

/** @param {any} props */
const Displaced = ({ cars }) =>
    html`<section class="card warn" aria-label=${t('待转移车辆', 'Displaced cars')}>
        <header><h2>${t('待转移车辆', 'Displaced cars')}</h2><span class="tag warn">${t('故障桩移出，优先安排', 'From failed piles, placed first')}</span></header>
        <ol class="chips">${cars.map((/** @type {any} */ car) => html`<li class="chip warn" key=${car.request_id}><b>${car.number}</b><span>${car.plate || '–'}</span><span>${number(car.remaining_kwh, 1)} kWh</span></li>`)}</ol>
    </section>`;

/** @param {any} props */
const Line = ({ name, cars, next }) =>
    html`<div class="line">
        <h3>${name}<span>${cars.length}</span></h3>
        ${cars.length === 0
            ? html`<p class="soft small">${t('无人等候', 'Empty')}</p>`
            : html`<ol class="chips">${cars.map((/** @type {any} */ car) => html`<${Chip} key=${car.request_id} car=${car} next=${car.request_id === next?.request_id} />`)}</ol>`}
    </div>`;

/** @param {any} props */
const Chip = ({ car, next }) =>
    html`<li class="chip ${next ? 'next' : ''}" title=${car.plate}>
        <b>${car.number}</b>
        <span>${car.expected_call_at ? `${car.estimate ? '≈ ' : ''}${clock(car.expected_call_at)}` : span(car.waiting_seconds)}</span>
        <span>${number(car.requested_kwh, 1)} kWh</span>
        ${next && html`<em>${t('下一个', 'Next')}</em>`}
    </li>`;

/** What can be done with a pile. @param {any} props */
function Act({ station, pile, onClose, onDone }) {
    const down = pile.state === 'FAULT';
    const [state, setState] = useState(down ? 'recovered' : 'failed');
    const names = /** @type {Record<string, string>} */ ({ failed: t('设为故障', 'Mark as failed'), off: t('停用', 'Switch off'), recovered: t('恢复', 'Recover'), on: t('启用', 'Switch on') });
    const choices = down ? ['recovered', 'on'] : ['failed', 'off'];
    const about = down
        ? t('恢复后按调度规则安排车辆。', 'The dispatch rules place cars on it again.')
        : t('正在充电的车辆立即停止并出账，桩上车辆按故障策略转移。', 'The charging car stops and is billed; cars of the pile are moved by the fault strategy.');
    const act = async (/** @type {any} */ form) => {
        const body = { state, ...(form.minutes ? { minutes: Number(form.minutes) } : {}) };
        await call('PUT', `/operator/stations/${encodeURIComponent(station)}/piles/${pile.name}`, body);
        await onDone();
        return true;
    };
    return html`<${Confirm} title=${t(`充电桩 ${pile.name}`, `Pile ${pile.name}`)} text=${about} doIt=${names[state]} grave=${!down} onDo=${act} onClose=${onClose}>
        <${Segments} label=${t('操作', 'Action')} value=${state} onChange=${setState} options=${choices.map((key) => [key, names[key]])} />
        ${!down && html`<${Field} label=${t('分钟数（可选，到时自动恢复）', 'Minutes (optional; it comes back by itself)')} name="minutes" type="number" min="1" max="527040" inputmode="numeric" />`}
        <dl class="pair">
            <dt>${t('累计', 'In all')}</dt><dd>${number(pile.totals.sessions)} ${t('次', 'sessions')}，${number(pile.totals.kwh, 1)} kWh，${yuan(pile.totals.total_fee)}</dd>
        </dl>
    <//>`;
}
