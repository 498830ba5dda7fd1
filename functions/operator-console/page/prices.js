// Prices: the day's bands, versions to come, and a change with what it would do to typical orders.

import { html, useState, Confirm, Field, Head, Loaded, useLoaded } from './ui.js';
import { call, get } from './api.js';
import { Steps, cost } from './bands.js';
import { StationPick, useStation } from './pick.js';
import { moment, t, yuan } from './text.js';

/** Orders by which prices are compared: kWh, kW and when they begin. */
const TYPICAL = [{ kwh: 30, kw: 30, start: '08:30' }, { kwh: 45, kw: 30, start: '18:00' }, { kwh: 14, kw: 7, start: '22:00' }];

export default function Prices() {
    const pick = useStation();
    const path = `/operator/stations/${encodeURIComponent(pick.station)}`;
    const settings = useLoaded(() => get(`${path}/settings`), [path]);
    const history = useLoaded(() => get(`${path}/prices?limit=20`), [path]);
    const [draft, setDraft] = useState(/** @type {any} */ (null));
    const reload = () => Promise.all([settings.reload(), history.reload()]);
    return html`<${Head} title=${t('电价', 'Prices')} about=${t('已开始的充电按原价结算', 'A charge that has begun keeps its prices')}>
            <${StationPick} of=${pick} />
        <//>
        <${Loaded} of=${settings}>${(/** @type {any} */ content) => html`
            <section class="card">
                <header><h2>${t('当前电价', 'Prices now')}</h2>
                    <button type="button" onClick=${() => setDraft(copied(content.prices))}>${t('修改电价', 'Change prices')}</button></header>
                <${Steps} title=${t('当前电价', 'Prices now')} bands=${content.prices.tariff} service=${content.prices.service_fee} />
            </section>
            ${draft && html`<${Change} path=${path} now=${content.prices} draft=${draft} onDraft=${setDraft} onDone=${reload} />`}`}<//>
        <${Loaded} of=${history}>${(/** @type {any} */ content) => html`<section class="card">
            <h2>${t('版本', 'Versions')}</h2>
            <ol class="timeline">${content.prices.map((/** @type {any} */ one) => html`<li key=${one.valid_from}>
                <b>${t(`${moment(one.valid_from)} 起`, `From ${moment(one.valid_from)}`)}${Date.parse(one.valid_from) > Date.parse(one.set_at) && html` <span class="tag info">${t('预设', 'Planned')}</span>`}</b>
                <span>${one.tariff.map((/** @type {string[]} */ band) => `${band[0]}–${band[1]} ${band[2]}`).join('，')}</span>
                <span class="soft small">${t('服务费', 'Service fee')} ${one.service_fee} · ${t('设定于', 'set')} ${moment(one.set_at)}</span>
            </li>`)}</ol>
        </section>`}<//>`;
}

/** @param {any} prices */
const copied = (prices) => ({ tariff: prices.tariff.map((/** @type {string[]} */ band) => [...band]), service_fee: prices.service_fee });

/** @param {any} props */
function Change({ path, now, draft, onDraft, onDone }) {
    const [asking, setAsking] = useState(false);
    const [from, setFrom] = useState('');
    const set = (/** @type {number} */ row, /** @type {number} */ column, /** @type {string} */ value) => {
        const tariff = draft.tariff.map((/** @type {string[]} */ band, /** @type {number} */ n) => (n === row ? band.map((old, m) => (m === column ? value : old)) : band));
        onDraft({ ...draft, tariff });
    };
    const remove = (/** @type {number} */ row) => onDraft({ ...draft, tariff: draft.tariff.filter((/** @type {any} */ _, /** @type {number} */ n) => n !== row) });
    const add = () => onDraft({ ...draft, tariff: [...draft.tariff, [draft.tariff.at(-1)?.[1] ?? '00:00', '24:00', '0.70']] });
    const save = async () => {
        const body = { prices: { tariff: draft.tariff, service_fee: draft.service_fee }, ...(from ? { valid_from: `${from}:00+08:00` } : {}) };
        await call('PUT', `${path}/prices`, body);
        await onDone();
        onDraft(null);
        return true;
    };
    const names = [t('从', 'From'), t('到', 'To'), t('元/kWh', '¥/kWh')];
    return html`<section class="card" aria-label=${t('修改电价', 'Change prices')}>
        <header><h2>${t('修改电价', 'Change prices')}</h2><button type="button" class="quiet" onClick=${() => onDraft(null)}>${t('放弃', 'Discard')}</button></header>
        <div class="bands">${draft.tariff.map((/** @type {string[]} */ band, /** @type {number} */ n) => html`<div class="band" key=${n}>
            ${band.map((value, column) => html`<input key=${column} value=${value} aria-label=${`${t('时段', 'Band')} ${n + 1} ${names[column]}`} onInput=${(/** @type {any} */ event) => set(n, column, event.target.value)} />`)}
            <button type="button" class="quiet slim" aria-label=${t(`删除时段 ${n + 1}`, `Remove band ${n + 1}`)} onClick=${() => remove(n)}>✕</button>
        </div>`)}</div>
        <div class="row"><button type="button" class="slim" onClick=${add}>${t('加一个时段', 'Add a band')}</button></div>
        <div class="form wide">
            <${Field} label=${t('服务费（元/kWh）', 'Service fee (¥/kWh)')} value=${draft.service_fee} onInput=${(/** @type {any} */ event) => onDraft({ ...draft, service_fee: event.target.value })} />
            <${Field} label=${t('生效时间（上海，留空为立即）', 'Valid from (Shanghai; at once if empty)')} type="datetime-local" value=${from} onInput=${(/** @type {any} */ event) => setFrom(event.target.value)} />
        </div>
        <${Steps} title=${t('新电价', 'New prices')} bands=${draft.tariff} service=${draft.service_fee} />
        <${Preview} now=${now} next=${draft} />
        <div class="row end"><button type="button" class="main" onClick=${() => setAsking(true)}>${t('保存…', 'Save…')}</button></div>
        ${asking && html`<${Confirm} title=${t('修改电价？', 'Change the prices?')} text=${from ? t(`从 ${from.replace('T', ' ')} 起生效。`, `From ${from.replace('T', ' ')} on.`) : t('立即生效。', 'At once.')} doIt=${t('修改', 'Change')} onDo=${save} onClose=${() => setAsking(false)} />`}
    </section>`;
}

/** @param {any} props */
function Preview({ now, next }) {
    const show = (/** @type {any} */ it) => (it ? yuan(it.charging + it.service) : '–');
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('典型订单', 'Typical orders')}><table class="plain">
        <caption class="small soft">${t('典型订单（估算）', 'Typical orders (estimated)')}</caption>
        <thead><tr><th scope="col">${t('订单', 'Order')}</th><th scope="col" class="number">${t('现在', 'Now')}</th><th scope="col" class="number">${t('修改后', 'After')}</th></tr></thead>
        <tbody>${TYPICAL.map((order) => {
            const [before, after] = [now, next].map((prices) => cost({ bands: prices.tariff, service: prices.service_fee, ...order }));
            return html`<tr key=${order.start}><th scope="row">${order.start} · ${order.kwh} kWh · ${order.kw} kW</th><td class="number">${show(before)}</td><td class="number">${show(after)}</td></tr>`;
        })}</tbody>
    </table></div>`;
}
