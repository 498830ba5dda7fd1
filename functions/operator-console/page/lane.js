// A pile's lane: its cars as bars on a time axis that begins now.

import { html } from './ui.js';
import { progress } from './live.js';
import { clock, number, span, t, yuan } from './text.js';

const HOUR = 3600000;

/** Until when the axis goes: the hour in which the last car of a lane finishes, one to twelve hours. @param {import('./live.js').Live} view @param {number} now */
export function horizon(view, now) {
    const finishes = view.piles.flatMap((pile) => pile.cars.map((car) => Date.parse(car.expected_finish_at ?? '')));
    const last = Math.max(now + HOUR, ...finishes.filter(Number.isFinite));
    return now + Math.min(12, Math.ceil((last - now) / HOUR)) * HOUR;
}

/** @param {{ now: number, until: number }} props */
export function Axis({ now, until }) {
    const hours = (until - now) / HOUR;
    const step = (hours > 6 ? 2 : hours > 2 ? 1 : 0.5) * HOUR;
    const first = Math.ceil((now + step * 0.35) / step) * step;
    const marks = [];
    for (let at = first; at < until - step * 0.2; at += step) marks.push(at);
    return html`<div class="axis" aria-hidden="true">
        <span style=${{ left: '0' }}>${t('现在', 'Now')}</span>
        ${marks.map((at) => html`<span key=${at} style=${{ left: `${((at - now) / (until - now)) * 100}%` }}>${clock(at)}</span>`)}
    </div>`;
}

/** @param {any} props */
export function Lane({ pile, at, now, until, onAct }) {
    const failed = pile.state === 'FAULT';
    const [head, ...queued] = pile.cars;
    const charging = head?.charging_since ? progress(head, at, now) : null;
    return html`<li class="lane ${failed ? 'failed' : ''}">
        <div class="pile">
            <b>${pile.name}</b>
            ${failed ? html`<span class="tag bad">${t('故障', 'Fault')}</span>` : charging ? html`<span class="tag good">${t('充电中', 'Charging')}</span>` : html`<span class="tag">${t('空闲', 'Free')}</span>`}
            ${failed && pile.recovers_at && html`<span class="small soft">${t(`${span((Date.parse(pile.recovers_at) - now) / 1000)}后恢复`, `back in ${span((Date.parse(pile.recovers_at) - now) / 1000)}`)}</span>`}
        </div>
        <div class="track" aria-hidden="true">
            ${charging && html`<${Bar} car=${head} from=${now} to=${Date.parse(head.expected_finish_at)} now=${now} until=${until} share=${charging.share} />`}
            ${(charging ? queued : pile.cars).map((/** @type {any} */ car) => html`<${Bar} key=${car.request_id} car=${car} from=${Date.parse(car.expected_start_at)} to=${Date.parse(car.expected_finish_at)} now=${now} until=${until} />`)}
        </div>
        <p class="words small">
            ${charging
                ? html`<b>${head.number}</b><span>${head.plate}</span><span>${number(charging.delivered, 2)} / ${number(head.requested_kwh, 1)} kWh</span><span>${yuan(charging.fee)}</span><span class="soft">${t(`还需 ${span(charging.seconds)}`, `${span(charging.seconds)} left`)}</span>`
                : html`<span class="soft">${failed ? t('暂停服务', 'Out of service') : t('等待车辆', 'Waits for a car')}</span>`}
            ${queued.length > 0 && html`<span class="soft">${t('后面：', 'then ')}${queued.map((/** @type {any} */ car) => car.number).join(t('、', ', '))}</span>`}
        </p>
        <button class="slim" type="button" onClick=${onAct} aria-label=${t(`操作充电桩 ${pile.name}`, `Act on pile ${pile.name}`)}>${t('操作', 'Act')}</button>
    </li>`;
}

/** @param {any} props */
function Bar({ car, from, to, now, until, share }) {
    if (!Number.isFinite(from) || !Number.isFinite(to) || from >= until) return null;
    const percent = (/** @type {number} */ at) => (Math.max(0, at - now) / (until - now)) * 100;
    const width = Math.max(1, percent(Math.min(to, until)) - percent(from));
    return html`<div class="bar ${share === undefined ? 'queued' : ''}" style=${{ left: `${percent(from)}%`, width: `${width}%` }}>
        ${share !== undefined && html`<div class="got" style=${{ width: `${share * 100}%` }}></div>`}
        ${width > 5 && html`<span>${car.number}</span>`}
    </div>`;
}
