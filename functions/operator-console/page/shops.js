// Shops and their groups.

import { html, useState, Confirm, Field, Loaded, useLoaded } from './ui.js';
import { call, get } from './api.js';
import { t } from './text.js';

export function Shops() {
    const page = useLoaded(() => get('/operator/shops?limit=100'), []);
    const [editing, setEditing] = useState(/** @type {any} */ (null));
    const save = async (/** @type {any} */ form) => {
        const { shop_id: id, ...rest } = form;
        const body = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
        await call('PUT', `/operator/shops/${encodeURIComponent(id)}`, body);
        await page.reload();
        return true;
    };
    return html`<${Loaded} of=${page}>${(/** @type {any} */ content) => html`<section class="card flush">
            <header><h2>${t('门店', 'Shops')}</h2><button type="button" onClick=${() => setEditing({})}>${t('新建门店', 'New shop')}</button></header>
            ${content.shops.length === 0 ? html`<p class="empty">${t('还没有门店', 'No shops yet')}</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label=${t('门店', 'Shops')}><table>
                <thead><tr><th scope="col">${t('编号', 'Shop')}</th><th scope="col">${t('名称', 'Name')}</th><th scope="col">${t('分组', 'Group')}</th><th scope="col" class="number">${t('签到积分', 'Sign-in points')}</th><th scope="col"><span class="unseen">${t('操作', 'Act')}</span></th></tr></thead>
                <tbody>${content.shops.map((/** @type {any} */ shop) => html`<tr key=${shop.shop_id}><th scope="row">${shop.shop_id}</th><td>${shop.name ?? '–'}</td><td>${shop.group ?? '–'}</td><td class="number">${shop.signin_points ?? '–'}</td><td class="number"><button type="button" class="slim" onClick=${() => setEditing(shop)}>${t('修改', 'Change')}</button></td></tr>`)}</tbody>
            </table></div>`}
        </section>`}<//>
        ${editing && html`<${Confirm} title=${editing.shop_id ? t(`门店 ${editing.shop_id}`, `Shop ${editing.shop_id}`) : t('新建门店', 'New shop')} doIt=${t('保存', 'Save')} onDo=${save} onClose=${() => setEditing(null)}>
            <${Field} label=${t('编号', 'Id')} name="shop_id" value=${editing.shop_id ?? ''} readonly=${Boolean(editing.shop_id)} required />
            <${Field} label=${t('名称', 'Name')} name="name" value=${editing.name ?? ''} required />
            <${Field} label=${t('分组', 'Group')} name="group" value=${editing.group ?? ''} />
            <${Field} label=${t('签到积分', 'Points of a sign-in')} name="signin_points" inputmode="numeric" value=${editing.signin_points ?? ''} />
        <//>`}`;
}
