// Business customers and their account managers.

import { html, useState, Confirm, Field, Notice, useAction } from './ui.js';
import { call, get } from './api.js';
import { t } from './text.js';

export function Business() {
    const [found, setFound] = useState(/** @type {any} */ (null));
    const [asking, setAsking] = useState('');
    const action = useAction(async (/** @type {any} */ form) => setFound(await get(`/operator/customers?${new URLSearchParams(form)}`)));
    const submit = (/** @type {any} */ event) => {
        event.preventDefault();
        setFound(null);
        void action.run(Object.fromEntries(new FormData(event.target)));
    };
    const path = found && `/operator/customers/${found.zone}/${found.customer_id}`;
    const assign = async (/** @type {any} */ form) => {
        setFound(await call('PUT', `${path}/manager`, form));
        return true;
    };
    const clear = async () => {
        await call('DELETE', `${path}/manager`);
        setFound(await get(path));
        return true;
    };
    const manager = found?.manager;
    return html`<form class="card form wide" onSubmit=${submit}>
            <${Field} label=${t('企业登录名', 'Name of the customer')} name="cus_name" required />
            <button class="main" aria-busy=${String(action.busy)} disabled=${action.busy}>${t('查找', 'Find')}</button>
        </form>
        <${Notice} text=${action.refusal} />
        ${found && html`<section class="card" aria-label=${found.cus_name}>
            <header><h2>${found.cus_name}</h2><span class="tag">${found.zone} · ${found.cus_type}</span></header>
            <dl class="pair"><dt>${t('客户经理', 'Account manager')}</dt><dd>${manager ? `${manager.name} · ${manager.mobile} · ${manager.email}` : '–'}</dd></dl>
            <div class="row">
                <button type="button" onClick=${() => setAsking('assign')}>${t('指定客户经理', 'Assign a manager')}</button>
                ${manager && html`<button type="button" class="grave" onClick=${() => setAsking('clear')}>${t('取消指定', 'Remove the manager')}</button>`}
            </div>
            ${asking === 'assign' && html`<${Confirm} title=${t('指定客户经理', 'Assign a manager')} doIt=${t('指定', 'Assign')} onDo=${assign} onClose=${() => setAsking('')}>
                <${Field} label=${t('姓名', 'Name')} name="name" value=${manager?.name ?? ''} required />
                <${Field} label=${t('手机', 'Mobile')} name="mobile" value=${manager?.mobile ?? ''} required />
                <${Field} label="E-mail" name="email" type="email" value=${manager?.email ?? ''} required />
                <${Field} label="QQ" name="qq" value=${manager?.qq ?? ''} />
            <//>`}
            ${asking === 'clear' && html`<${Confirm} title=${t('取消客户经理？', 'Remove the manager?')} doIt=${t('取消指定', 'Remove')} grave onDo=${clear} onClose=${() => setAsking('')} />`}
        </section>`}`;
}
