// Money: bills by their state, arrears by age, and one bill with what is booked beside it.

import { html, useState, Confirm, Dialog, Field, Figures, Head, Loaded, Notice, Segments, useAction, useLoaded } from './ui.js';
import { call, get } from './api.js';
import { moment, number, t, yuan } from './text.js';

const DAY = 86400000;

const NAMES = () => /** @type {Record<string, [string, string]>} */ ({
    current: [t('待支付', 'Due'), 'info'],
    arrears: [t('待补缴', 'In arrears'), 'bad'],
    paid: [t('已支付', 'Paid'), 'good'],
    overpaid: [t('多付', 'Overpaid'), 'warn'],
});

/** @param {any} props */
export default function Money({ at }) {
    const day = at.query.get('day') ?? '';
    const [state, setState] = useState('');
    const [search, setSearch] = useState(/** @type {Record<string, string>} */ (day ? { day } : {}));
    const [open, setOpen] = useState(/** @type {any} */ (null));
    const wanted = new URLSearchParams({ ...search, ...(state ? { state } : {}), limit: '50' }).toString();
    const page = useLoaded(() => get(`/operator/bills?${wanted}`), [wanted]);
    const more = useAction(async () => {
        const next = await get(`/operator/bills?${wanted}&after=${encodeURIComponent(page.content.next)}`);
        page.content.bills.push(...next.bills);
        page.content.next = next.next;
        return true;
    });
    const options = /** @type {[string, string][]} */ ([['', t('全部', 'All')], ...Object.entries(NAMES()).map(([key, [name]]) => [key, name])]);
    return html`<${Head} title=${t('账款', 'Money')} about=${t('账单本身不会修改，付款、冲减和退款记在账单旁', 'A bill never changes; payments, credits and refunds are booked beside it')} />
        <div class="row"><${Segments} label=${t('账单状态', 'State of bills')} value=${state} onChange=${setState} options=${options} /></div>
        <${Search} search=${search} onSearch=${setSearch} />
        <${Loaded} of=${page}>${(/** @type {any} */ content) => html`
            ${state === 'arrears' && html`<${Ages} bills=${content.bills} more=${content.next} />`}
            <${Bills} bills=${content.bills} onOpen=${setOpen} />
            <${Notice} text=${more.refusal} />
            ${content.next && html`<div class="row end"><button type="button" aria-busy=${String(more.busy)} disabled=${more.busy} onClick=${more.run}>${t('更多', 'More')}</button></div>`}`}<//>
        ${open && html`<${Bill} bill=${open} onClose=${() => setOpen(null)} onBooked=${page.reload} />`}`;
}

/** @param {any} props */
function Search({ search, onSearch }) {
    const submit = (/** @type {any} */ event) => {
        event.preventDefault();
        const given = [...new FormData(event.target)].filter(([, value]) => String(value).trim());
        onSearch(Object.fromEntries(given.map(([name, value]) => [name, String(value).trim()])));
    };
    return html`<form class="card form wide" onSubmit=${submit} key=${JSON.stringify(search)}>
        <${Field} label=${t('车牌', 'Plate')} name="plate" value=${search.plate ?? ''} placeholder="皖A12345" />
        <${Field} label=${t('车主用户名', 'User name')} name="username" value=${search.username ?? ''} />
        <${Field} label=${t('出账日期', 'Issued on')} name="day" type="date" value=${search.day ?? ''} />
        <button class="main">${t('查找', 'Find')}</button>
    </form>`;
}

/** How much has been owed for how long. @param {any} props */
function Ages({ bills, more }) {
    const groups = /** @type {[string, number][]} */ ([[t('7 天内', 'Up to 7 days'), 7], [t('8–30 天', '8–30 days'), 30], [t('31–90 天', '31–90 days'), 90], [t('90 天以上', 'Over 90 days'), Infinity]]);
    const newest = Math.max(Date.now(), ...bills.map((/** @type {any} */ bill) => Date.parse(bill.due_at)));
    const age = (/** @type {any} */ bill) => (newest - Date.parse(bill.due_at)) / DAY;
    const items = groups.map(([name, most], n) => {
        const least = n === 0 ? -Infinity : groups[n - 1][1];
        const of = bills.filter((/** @type {any} */ bill) => age(bill) > least && age(bill) <= most);
        const sum = of.reduce((/** @type {number} */ total, /** @type {any} */ bill) => total + Number(bill.outstanding), 0);
        return /** @type {[string, any, string]} */ ([name, yuan(sum), `${of.length}${more ? '+' : ''} ${t('张', 'bills')}`]);
    });
    return html`<${Figures} items=${items} />`;
}

/** @param {any} props */
function Bills({ bills, onOpen }) {
    if (bills.length === 0) return html`<p class="empty card">${t('没有符合条件的账单', 'No such bills')}</p>`;
    const name = (/** @type {any} */ bill) => NAMES()[Number(bill.overpaid) > 0 ? 'overpaid' : bill.state];
    return html`<section class="card flush"><div class="scroll" tabindex="0" role="region" aria-label=${t('账单', 'Bills')}><table>
        <thead><tr>
            <th scope="col">${t('账单', 'Bill')}</th><th scope="col">${t('车牌', 'Plate')}</th><th scope="col" class="number">${t('未付', 'Owed')}</th><th scope="col">${t('状态', 'State')}</th>
            <th scope="col" class="number extra">${t('总额', 'Total')}</th><th scope="col" class="number extra">${t('电量', 'Energy')}</th><th scope="col" class="extra">${t('充电站', 'Station')}</th><th scope="col" class="extra">${t('出账', 'Issued')}</th>
        </tr></thead>
        <tbody>${bills.map((/** @type {any} */ bill) => html`<tr key=${bill.bill_id}>
            <th scope="row"><button type="button" class="link" onClick=${() => onOpen(bill)}>${bill.bill_id}</button></th>
            <td>${bill.plate || '–'}</td><td class="number">${yuan(bill.outstanding)}</td><td><span class="tag ${name(bill)[1]}">${name(bill)[0]}</span></td>
            <td class="number extra">${yuan(bill.total_fee)}</td><td class="number extra">${number(bill.kwh, 2)} kWh</td><td class="extra">${bill.station_id}</td><td class="extra">${moment(bill.issued_at)}</td>
        </tr>`)}</tbody>
    </table></div></section>`;
}

/** @param {any} props */
function Bill({ bill, onClose, onBooked }) {
    const path = `/operator/bills/${bill.driver_id}/${bill.bill_id}`;
    const whole = useLoaded(() => get(path), [path]);
    const [booking, setBooking] = useState('');
    const kinds = { payments: t('登记付款', 'Book a payment'), credits: t('冲减', 'Credit'), refunds: t('登记退款', 'Book a refund') };
    const book = async (/** @type {any} */ form) => {
        await call('POST', `${path}/${booking}`, form);
        await Promise.all([whole.reload(), onBooked()]);
        return true;
    };
    const entries = { payment: t('付款', 'Payment'), credit: t('冲减', 'Credit'), refund: t('退款', 'Refund') };
    if (booking) {
        return html`<${Confirm} title=${kinds[/** @type {'payments'} */ (booking)]} text=${t(`账单 ${bill.bill_id}，未付 ${yuan(bill.outstanding)}`, `Bill ${bill.bill_id}, ${yuan(bill.outstanding)} owed`)} doIt=${t('登记', 'Book')} onDo=${book} onClose=${() => setBooking('')}>
            <${Field} label=${t('金额（元）', 'Amount (¥)')} name="amount" inputmode="decimal" required value=${booking === 'payments' ? bill.outstanding : ''} />
            ${booking === 'credits'
                ? html`<${Field} label=${t('原因', 'Reason')} name="reason" maxlength="200" required /><input type="hidden" name="key" value=${crypto.randomUUID()} />`
                : html`<${Field} label=${t('流水号（同一流水号只记一次）', 'Reference (booked once only)')} name="reference" maxlength="64" required />`}
        <//>`;
    }
    return html`<${Dialog} title=${t('账单', 'Bill')} onClose=${onClose}>
        <form method="dialog" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); onClose(); }}>
            <h2>${t('账单', 'Bill')} ${bill.bill_id}</h2>
            <${Loaded} of=${whole}>${(/** @type {any} */ it) => html`
                <dl class="pair">
                    <dt>${t('车牌', 'Plate')}</dt><dd>${it.plate || '–'}</dd>
                    <dt>${t('出账', 'Issued')}</dt><dd>${moment(it.issued_at)}，${t('到期', 'due')} ${moment(it.due_at)}</dd>
                    <dt>${t('电费 + 服务费', 'Charging + service')}</dt><dd>${yuan(it.charging_fee)} + ${yuan(it.service_fee)} = <b>${yuan(it.total_fee)}</b></dd>
                    <dt>${t('已付 / 冲减', 'Paid / credited')}</dt><dd>${yuan(it.paid)} / ${yuan(it.credited)}</dd>
                    <dt>${t('未付', 'Owed')}</dt><dd><b>${yuan(it.outstanding)}</b></dd>
                </dl>
                <ol class="timeline">${it.entries.map((/** @type {any} */ entry) => html`<li key=${entry.at}><b>${entries[/** @type {'payment'} */ (entry.kind)]} ${yuan(entry.amount)}</b><span class="soft small">${moment(entry.at)} · ${entry.reference ?? entry.reason ?? ''}</span></li>`)}</ol>
                ${it.entries.length === 0 && html`<p class="soft small">${t('还没有记录', 'Nothing is booked yet')}</p>`}`}<//>
            <div class="row">${Object.entries(kinds).map(([key, name]) => html`<button type="button" class="slim" key=${key} onClick=${() => setBooking(key)}>${name}</button>`)}</div>
            <div class="row end"><button class="main">${t('关闭', 'Close')}</button></div>
        </form>
    <//>`;
}
