// The audit trail of a station or an account, as a timeline.

import { html, useState, Field, Head, Loaded, useAction, useLoaded, Notice } from './ui.js';
import { get } from './api.js';
import { clock, dayOf, t } from './text.js';

const KINDS = () => /** @type {[string, string][]} */ ([
    ['station', t('充电站', 'Station')], ['platform', t('平台人员', 'Platform staff')], ['shop', t('门店人员', 'Shop staff')],
    ['ev', t('车主', 'Driver')], ['mall-consumer', t('汽车城用户', 'Mall consumer')], ['mall-agent', t('代理商', 'Agent')],
    ['mall-dealer', t('提供商', 'Dealer')], ['cloud', t('企业客户', 'Business customer')],
]);

/** What happened, in Chinese; the server's own word is the English one. @type {Record<string, string>} */
const ACTIONS = {
    'station-made': '新建充电站', 'settings-changed': '修改参数', 'prices-changed': '修改电价', 'pile-switched': '切换充电桩',
    'account-created': '创建账户', 'account-locked': '锁定账户', 'account-unlocked': '解锁账户', 'role-changed': '修改角色',
    'signed-in': '登录', 'sign-in-failed': '登录失败', 'signed-out-by-operator': '强制退出', 'password-changed': '修改密码',
    'papers-submitted': '提交证件', 'papers-audited': '审核证件', 'numbers-read': '查看证件号', 'bill-settled': '登记付款',
    'bill-credited': '冲减账单', 'bill-refunded': '登记退款', 'manager-assigned': '指定客户经理',
};

/** @param {any} props */
export default function Trail({ at }) {
    const [of, setOf] = useState({ kind: at.query.get('kind') ?? 'station', subject: at.query.get('subject') ?? 'S1' });
    const path = `/operator/audit?${new URLSearchParams({ ...of, limit: '50' })}`;
    const page = useLoaded(() => get(path), [path]);
    const more = useAction(async () => {
        const next = await get(`${path}&before=${encodeURIComponent(page.content.next)}`);
        page.content.entries.push(...next.entries);
        page.content.next = next.next;
        return true;
    });
    const submit = (/** @type {any} */ event) => {
        event.preventDefault();
        setOf(/** @type {any} */ (Object.fromEntries(new FormData(event.target))));
    };
    return html`<${Head} title=${t('审计', 'Audit trail')} about=${t('谁在何时做了什么，最新的在前', 'Who did what and when, the newest first')} />
        <form class="card form wide" onSubmit=${submit}>
            <${Field} label=${t('对象类别', 'Kind')}><select name="kind">${KINDS().map(([key, name]) => html`<option value=${key} key=${key} selected=${key === of.kind}>${name}</option>`)}</select><//>
            <${Field} label=${t('编号或账户', 'Station or account')} name="subject" value=${of.subject} required />
            <button class="main">${t('查询', 'Show')}</button>
        </form>
        <${Loaded} of=${page}>${(/** @type {any} */ content) => html`<${Timeline} entries=${content.entries} />
            <${Notice} text=${more.refusal} />
            ${content.next && html`<div class="row end"><button type="button" disabled=${more.busy} aria-busy=${String(more.busy)} onClick=${more.run}>${t('更早', 'Earlier')}</button></div>`}`}<//>`;
}

/** Entries by day. @param {any} props */
export function Timeline({ entries }) {
    if (entries.length === 0) return html`<p class="empty card">${t('没有记录', 'No entries')}</p>`;
    const days = [...new Set(entries.map((/** @type {any} */ entry) => dayOf(entry.at)))];
    return days.map((day) => html`<section class="card" key=${day} aria-label=${day}>
        <h2>${day}</h2>
        <ol class="timeline">${entries.filter((/** @type {any} */ entry) => dayOf(entry.at) === day).map((/** @type {any} */ entry) => html`<li key=${entry.cursor}>
            <b>${clock(entry.at)} · ${t(ACTIONS[entry.action] ?? entry.action, entry.action)}</b>
            ${entry.change && html`<span>${entry.change}</span>`}
            <span class="soft small">${[entry.role, entry.actor && `${entry.actor.slice(0, 8)}…`, entry.address].filter(Boolean).join(' · ')}</span>
        </li>`)}</ol>
    </section>`);
}
