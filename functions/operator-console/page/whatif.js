// What if: layouts side by side on one day of cars.

import { html, useEffect, useState, Field, Head, Notice, Segments, useAction } from './ui.js';
import { call, get } from './api.js';
import { StationPick, useStation } from './pick.js';
import { number, span, t, yuan } from './text.js';

/** A working day: a rise in the morning, one at noon and a higher one in the evening, in a thousand. */
const SHAPE = [4, 3, 2, 2, 4, 12, 32, 62, 78, 60, 48, 56, 66, 58, 46, 48, 66, 92, 88, 66, 48, 32, 18, 9];
const NAMES = ['A', 'B', 'C'];
const KEYS = /** @type {const} */ (['fast_piles', 'slow_piles', 'fast_power_kwh_per_h', 'slow_power_kwh_per_h', 'pile_queue_length_M', 'waiting_area_N']);

export default function WhatIf() {
    const pick = useStation();
    const [way, setWay] = useState('demand');
    const [layouts, setLayouts] = useState(/** @type {any[]} */ ([]));
    const [form, setForm] = useState({ cars: '120', fast: '60', fast_kwh: '10 25 60', slow_kwh: '5 12 30', seed: '7', scenario: '' });
    const [result, setResult] = useState(/** @type {any} */ (null));
    useEffect(() => {
        get(`/operator/stations/${encodeURIComponent(pick.station)}/settings`).then(({ settings, prices }) => {
            const base = { ...Object.fromEntries(KEYS.map((key) => [key, String(settings[key])])), dispatch_target: settings.dispatch_target, fault_strategy: settings.fault_strategy, prices };
            setLayouts([base, { ...base, fast_piles: String(settings.fast_piles + 1) }]);
        }, () => null);
    }, [pick.station]);
    const action = useAction(async () => setResult(await call('POST', '/operator/what-if', { layouts: layouts.map(sent), ...(way === 'demand' ? { demand: demand(form) } : { scenario: JSON.parse(form.scenario) }) })));
    const set = (/** @type {string} */ name) => (/** @type {any} */ event) => setForm({ ...form, [name]: event.target.value });
    const submit = (/** @type {Event} */ event) => {
        event.preventDefault();
        void action.run();
    };
    return html`<${Head} title=${t('推演', 'What if')} about=${t('同一天的车辆，不同的布局；不影响任何充电站', 'The same day of cars on other layouts; no station is touched')}><${StationPick} of=${pick} /><//>
        <form class="form page" onSubmit=${submit}>
            <section class="card"><h2>${t('车辆', 'Cars')}</h2>
                <${Segments} label=${t('来源', 'Source')} value=${way} onChange=${setWay} options=${[['demand', t('随机需求', 'By chance')], ['scenario', t('场景文件', 'Scenario file')]]} />
                ${way === 'demand'
                    ? html`<div class="form wide">
                        <${Field} label=${t('全天车辆', 'Cars a day')} type="number" min="1" max="2000" value=${form.cars} onInput=${set('cars')} />
                        <${Field} label=${t('快充 %', 'Fast %')} type="number" min="0" max="100" value=${form.fast} onInput=${set('fast')} />
                        <${Field} label=${t('快充 kWh（少 常见 多）', 'Fast kWh (least usual most)')} value=${form.fast_kwh} onInput=${set('fast_kwh')} />
                        <${Field} label=${t('慢充 kWh（少 常见 多）', 'Slow kWh (least usual most)')} value=${form.slow_kwh} onInput=${set('slow_kwh')} />
                        <${Field} label=${t('随机种子', 'Seed')} type="number" min="0" value=${form.seed} onInput=${set('seed')} />
                    </div>`
                    : html`<${Field} label=${t('场景（JSON）', 'Scenario (JSON)')}><textarea rows="6" class="mono" required value=${form.scenario} onInput=${set('scenario')} placeholder='{"parameters":{},"rows":[{"time":"08:00","event":"(A,V1,F,30)"}]}'></textarea><//>`}
            </section>
            <${Layouts} layouts=${layouts} onChange=${setLayouts} />
            <${Notice} text=${action.refusal} />
            <div class="row end"><button class="main" disabled=${action.busy || layouts.length === 0} aria-busy=${String(action.busy)}>${t('推演', 'Run')}</button></div>
        </form>
        ${result && html`<${Result} layouts=${result.layouts} />`}`;
}

/** @param {any} layout @param {number} n */
function sent(layout, n) {
    const { prices, ...settings } = layout;
    return { name: NAMES[n], settings: { ...settings, tariff: prices.tariff, service_fee: prices.service_fee } };
}

/** @param {Record<string, string>} form */
function demand(form) {
    const whole = SHAPE.reduce((sum, share) => sum + share, 0);
    const sums = SHAPE.map((_, n) => Math.round((Number(form.cars) * SHAPE.slice(0, n + 1).reduce((sum, share) => sum + share, 0)) / whole));
    const amounts = (/** @type {string} */ text) => text.trim().split(/[\s,，]+/).map(Number);
    return { arrivals: sums.map((sum, n) => sum - (sums[n - 1] ?? 0)), fast_percent: Number(form.fast), fast_kwh: amounts(form.fast_kwh), slow_kwh: amounts(form.slow_kwh), seed: Number(form.seed) };
}

/** `04:14:12+1` as `次日 04:14`. @param {string | null} at */
function left(at) {
    const [time, days] = (at ?? '–').split('+');
    const day = days === undefined ? '' : days === '1' ? t('次日 ', 'next day ') : t(`${days} 天后 `, `${days} days later `);
    return day + time.slice(0, 5);
}

/** @param {any} props */
function Layouts({ layouts, onChange }) {
    const labels = { fast_piles: t('快充桩', 'Fast piles'), slow_piles: t('慢充桩', 'Slow piles'), fast_power_kwh_per_h: t('快充 kW', 'Fast kW'), slow_power_kwh_per_h: t('慢充 kW', 'Slow kW'), pile_queue_length_M: t('每桩车位 M', 'Places per pile M'), waiting_area_N: t('等候车位 N', 'Waiting places N') };
    const set = (/** @type {number} */ at, /** @type {string} */ key, /** @type {string} */ value) => onChange(layouts.map((/** @type {any} */ one, /** @type {number} */ n) => (n === at ? { ...one, [key]: value } : one)));
    return html`<div class="layouts">${layouts.map((/** @type {any} */ layout, /** @type {number} */ n) => html`<fieldset class="card" key=${n}>
            <legend class="unseen">${t('布局', 'Layout')} ${NAMES[n]}</legend>
            <header><h2 aria-hidden="true">${t('布局', 'Layout')} ${NAMES[n]}</h2>${n > 0 && html`<button type="button" class="quiet slim" onClick=${() => onChange(layouts.filter((/** @type {any} */ _, /** @type {number} */ m) => m !== n))}>${t('删除', 'Remove')}</button>`}</header>
            <div class="form two">${KEYS.map((key) => html`<${Field} key=${key} label=${labels[key]} type="number" min="0" step="any" value=${layout[key]} onInput=${(/** @type {any} */ event) => set(n, key, event.target.value)} />`)}</div>
        </fieldset>`)}
        ${layouts.length > 0 && layouts.length < 3 && html`<button type="button" class="add" onClick=${() => onChange([...layouts, { ...layouts.at(-1) }])}>${t('加一个布局', 'Add a layout')}</button>`}
    </div>`;
}

/** @param {any} props */
function Result({ layouts }) {
    const rows = /** @type {[string, (it: any) => string, (it: any) => number, boolean][]} */ ([
        [t('等候（一半车辆以内）', 'Wait of half the cars, at most'), (it) => span(it.waiting_seconds.half ?? 0), (it) => it.waiting_seconds.half ?? 0, false],
        [t('等候（90% 以内）', 'Wait of 90 in 100'), (it) => span(it.waiting_seconds.ninety_percent ?? 0), (it) => it.waiting_seconds.ninety_percent ?? 0, false],
        [t('最长等候', 'Longest wait'), (it) => span(it.waiting_seconds.longest ?? 0), (it) => it.waiting_seconds.longest ?? 0, false],
        [t('拒绝', 'Refused'), (it) => number(it.refused), (it) => it.refused, false],
        [t('完成', 'Completed'), (it) => number(it.completed), (it) => it.completed, true],
        [t('电量', 'Energy'), (it) => `${number(it.kwh)} kWh`, (it) => Number(it.kwh), true],
        [t('收入', 'Takings'), (it) => yuan(it.total_fee), (it) => Number(it.total_fee), true],
        [t('桩利用率', 'Piles busy'), (it) => `${it.busy_percent}%`, () => 0, true],
        [t('最后离开', 'Last car leaves'), (it) => left(it.finished_at), () => 0, true],
    ]);
    const best = (/** @type {any} */ row, /** @type {any} */ it) => {
        const values = layouts.map(row[2]);
        return new Set(values).size > 1 && row[2](it) === (row[3] ? Math.max(...values) : Math.min(...values));
    };
    return html`<section class="card flush" aria-live="polite"><header><h2>${t('结果', 'Result')}</h2><span class="soft small">${t('绿色为较好', 'The better one is green')}</span></header>
        <div class="scroll" tabindex="0" role="region" aria-label=${t('结果', 'Result')}><table>
            <thead><tr><th scope="col"><span class="unseen">${t('指标', 'Measure')}</span></th>${layouts.map((/** @type {any} */ it) => html`<th scope="col" class="number" key=${it.name}>${t('布局', 'Layout')} ${it.name}</th>`)}</tr></thead>
            <tbody>${rows.map((row) => html`<tr key=${row[0]}><th scope="row">${row[0]}</th>${layouts.map((/** @type {any} */ it) => html`<td class="number ${best(row, it) ? 'best' : ''}" key=${it.name}>${row[1](it)}</td>`)}</tr>`)}</tbody>
        </table></div></section>`;
}
