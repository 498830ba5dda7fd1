// People: staff with their roles, any account by its name, business customers, shops.

import { html, useState, Confirm, Field, Head, Loaded, Notice, Segments, useAction, useLoaded } from './ui.js';
import { call, get } from './api.js';
import { Business } from './business.js';
import { Shops } from './shops.js';
import { moment, t } from './text.js';

export default function People() {
    const [tab, setTab] = useState('platform');
    const options = /** @type {[string, string][]} */ ([['platform', t('平台人员', 'Platform')], ['shop', t('门店人员', 'Shop staff')], ['account', t('查找账户', 'Find an account')], ['business', t('企业客户', 'Business')], ['shops', t('门店', 'Shops')]]);
    return html`<${Head} title=${t('人员', 'People')} about=${t('角色、锁定与会话', 'Roles, locks and sessions')} />
        <div class="scroll"><${Segments} label=${t('类别', 'Kind')} value=${tab} onChange=${setTab} options=${options} /></div>
        ${tab === 'business' ? html`<${Business} />` : tab === 'shops' ? html`<${Shops} />` : tab === 'account' ? html`<${Find} />` : html`<${Staff} key=${tab} realm=${tab} />`}`;
}

/** @param {any} props */
function Staff({ realm }) {
    const page = useLoaded(() => get(`/operator/people?realm=${realm}&limit=100`), [realm]);
    const [appointing, setAppointing] = useState(false);
    const [chosen, setChosen] = useState(/** @type {any} */ (null));
    const roles = realm === 'shop' ? ['shop-manager', 'shop-staff'] : ['admin', 'auditor'];
    const appoint = async (/** @type {any} */ form) => {
        await call('POST', '/operator/people', form);
        await page.reload();
        return true;
    };
    return html`<${Loaded} of=${page}>${(/** @type {any} */ content) => html`<section class="card flush">
            <header><h2>${t('在册人员', 'Staff')}</h2><button type="button" onClick=${() => setAppointing(true)}>${t('任命', 'Appoint')}</button></header>
            ${content.people.length === 0 ? html`<p class="empty">${t('没有人员', 'No staff')}</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label=${t('在册人员', 'Staff')}><table>
                <thead><tr><th scope="col">${t('用户名', 'User name')}</th><th scope="col">${t('角色', 'Role')}</th>${realm === 'shop' && html`<th scope="col">${t('门店', 'Shops')}</th>`}<th scope="col">${t('任命于', 'Since')}</th><th scope="col"><span class="unseen">${t('操作', 'Act')}</span></th></tr></thead>
                <tbody>${content.people.map((/** @type {any} */ one) => html`<tr key=${one.account_id}><th scope="row">${one.username}</th><td><span class="tag info">${one.role}</span>${one.proposed && html` <span class="tag warn">${t('待确认', 'To be confirmed')}</span>`}</td>${realm === 'shop' && html`<td>${one.shops.join('、')}</td>`}<td>${moment(one.created_at)}</td><td class="number"><button type="button" class="slim" onClick=${() => setChosen(one)}>${t('查看', 'Show')}</button></td></tr>`)}</tbody>
            </table></div>`}
        </section>`}<//>
        ${chosen && html`<${Account} key=${chosen.account_id} account=${chosen} roles=${roles} onChanged=${page.reload} />`}
        ${appointing && html`<${Confirm} title=${t('任命人员', 'Appoint staff')} doIt=${t('任命', 'Appoint')} onDo=${appoint} onClose=${() => setAppointing(false)}>
            <${Field} label=${t('用户名', 'User name')} name="username" autocomplete="off" required />
            <${Field} label=${t('初始密码（8 至 128 个字符）', 'First password (8–128 characters)')} name="password" type="password" autocomplete="new-password" required />
            <${RoleFields} roles=${roles} />
        <//>`}`;
}

/** @param {any} props */
const RoleFields = ({ roles, role, shops }) =>
    html`<${Field} label=${t('角色', 'Role')}><select name="role">${roles.map((/** @type {string} */ one) => html`<option key=${one} value=${one} selected=${one === role}>${one}</option>`)}</select><//>
        ${roles[0].startsWith('shop') && html`<${Field} label=${t('门店编号（逗号分隔）', 'Shops, with commas')} name="shops" value=${shops ?? ''} required />`}`;

function Find() {
    const [found, setFound] = useState(/** @type {any} */ (null));
    const action = useAction(async (/** @type {any} */ form) => setFound(await get(`/operator/people?${new URLSearchParams(form)}`)));
    const submit = (/** @type {any} */ event) => {
        event.preventDefault();
        setFound(null);
        void action.run(Object.fromEntries(new FormData(event.target)));
    };
    const realms = /** @type {[string, string][]} */ ([['ev', t('车主', 'Drivers')], ['platform', t('平台', 'Platform')], ['shop', t('门店', 'Shops')], ['mall-agent', t('代理商', 'Agents')], ['mall-dealer', t('提供商', 'Dealers')], ['mall-consumer', t('汽车城用户', 'Consumers')], ['cloud', t('企业', 'Business')]]);
    return html`<form class="card form wide" onSubmit=${submit}>
            <${Field} label=${t('用户群', 'Realm')}><select name="realm">${realms.map(([key, name]) => html`<option key=${key} value=${key}>${name}</option>`)}</select><//>
            <${Field} label=${t('登录用户名', 'User name')} name="username" required />
            <button class="main" aria-busy=${String(action.busy)} disabled=${action.busy}>${t('查找', 'Find')}</button>
        </form>
        <${Notice} text=${action.refusal} />
        ${found && html`<${Account} key=${found.account_id} account=${found} roles=${null} />`}`;
}

/** One account: its state, and what can be done with it. @param {any} props */
function Account({ account, roles, onChanged }) {
    const path = `/operator/people/${account.realm}/${account.account_id}`;
    const one = useLoaded(() => get(path), [path]);
    const [asking, setAsking] = useState('');
    const done = async () => {
        await Promise.all([one.reload(), onChanged?.()]);
        return true;
    };
    const lock = async (/** @type {any} */ form) => {
        await call('PUT', `${path}/lock`, { locked: !one.content.locked, ...(form.reason ? { reason: form.reason } : {}) });
        return done();
    };
    const change = async (/** @type {any} */ form) => {
        await call('PUT', path, form);
        return done();
    };
    const confirm = async () => {
        await call('POST', `${path}/confirmation`);
        return done();
    };
    const givePassword = async (/** @type {any} */ form) => {
        await call('PUT', `${path}/password`, { ...form, reset_second_factor: form.reset_second_factor === 'true' });
        return done();
    };
    const signOut = async () => {
        await call('DELETE', `${path}/sessions`);
        return done();
    };
    return html`<section class="card" aria-label=${t('账户', 'Account')}>
        <${Loaded} of=${one}>${(/** @type {any} */ it) => html`
            <header><h2>${account.username ?? it.account_id}</h2>${it.locked ? html`<span class="tag bad">${t('已锁定', 'Locked')}</span>` : html`<span class="tag good">${t('正常', 'Active')}</span>`}</header>
            <dl class="pair">
                <dt>${t('账户', 'Account')}</dt><dd class="mono">${it.account_id}</dd>
                <dt>${t('角色', 'Role')}</dt><dd>${it.role}${it.shops.length > 0 ? ` · ${it.shops.join('、')}` : ''}</dd>
                <dt>${t('在线会话', 'Sessions')}</dt><dd>${it.live_sessions}</dd>
            </dl>
            <div class="row">
                ${roles && html`<button type="button" onClick=${() => setAsking('change')}>${t('修改角色', 'Change the role')}</button>`}
                ${roles && account.proposed && html`<button type="button" class="main" onClick=${() => setAsking('confirm')}>${t('确认任命', 'Confirm the appointment')}</button>`}
                ${roles && html`<button type="button" onClick=${() => setAsking('password')}>${t('重设密码', 'New first password')}</button>`}
                <button type="button" onClick=${() => setAsking('out')}>${t('强制退出', 'End all sessions')}</button>
                <button type="button" class="grave" onClick=${() => setAsking('lock')}>${it.locked ? t('解锁', 'Unlock') : t('锁定', 'Lock')}</button>
                <a href=${`#/trail?kind=${it.realm}&subject=${encodeURIComponent(it.account_id)}`}>${t('审计日志', 'Audit trail')}</a>
            </div>
            ${asking === 'lock' && html`<${Confirm} title=${it.locked ? t('解锁账户？', 'Unlock the account?') : t('锁定账户？', 'Lock the account?')} text=${it.locked ? '' : t('其会话立即失效。', 'Its sessions end at once.')} doIt=${it.locked ? t('解锁', 'Unlock') : t('锁定', 'Lock')} grave=${!it.locked} onDo=${lock} onClose=${() => setAsking('')}>
                <${Field} label=${t('理由', 'Reason')} name="reason" maxlength="200" /><//>`}
            ${asking === 'confirm' && html`<${Confirm} title=${t('确认任命？', 'Confirm the appointment?')} text=${t('任命人和本人不能确认。', 'Neither the appointed person nor who appointed them can confirm.')} doIt=${t('确认', 'Confirm')} onDo=${confirm} onClose=${() => setAsking('')} />`}
            ${asking === 'password' && html`<${Confirm} title=${t('重设初始密码', 'Give a new first password')} text=${t('所有会话失效；24 小时内须在首次登录时修改。', 'All sessions end; the owner replaces it at the first sign-in, within 24 hours.')} doIt=${t('重设', 'Give it')} grave onDo=${givePassword} onClose=${() => setAsking('')}>
                <${Field} label=${t('初始密码（8 至 128 个字符）', 'First password (8–128 characters)')} name="password" type="password" autocomplete="new-password" required />
                <${Field} label=${t('动态验证码', 'Second factor')}><select name="reset_second_factor"><option value="false">${t('保留', 'Keep it')}</option><option value="true">${t('解除', 'Remove it')}</option></select><//>
            <//>`}
            ${asking === 'out' && html`<${Confirm} title=${t('强制退出？', 'End all sessions?')} doIt=${t('强制退出', 'End them')} onDo=${signOut} onClose=${() => setAsking('')} />`}
            ${asking === 'change' && html`<${Confirm} title=${t('修改角色', 'Change the role')} doIt=${t('修改', 'Change')} onDo=${change} onClose=${() => setAsking('')}><${RoleFields} roles=${roles} role=${it.role} shops=${it.shops.join(',')} /><//>`}`}<//>
    </section>`;
}
