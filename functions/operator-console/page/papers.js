// The papers desk: pictures side by side, the verdict on the ID number, and keys to decide.

import { html, useEffect, useState, Confirm, Field, Head, Loaded, Notice, useAction, useLoaded } from './ui.js';
import { call, get } from './api.js';
import { verdict } from './idnumber.js';
import { moment, t } from './text.js';

export default function Papers() {
    const page = useLoaded(() => get('/operator/papers?limit=20'), []);
    const [chosen, setChosen] = useState(0);
    const papers = page.content?.papers ?? [];
    const at = Math.min(chosen, Math.max(0, papers.length - 1));
    return html`<${Head} title=${t('证件审核', 'Papers')} about=${t('最早提交的在前；键盘 P 通过，R 退回，N 下一份', 'The oldest first; keys: P pass, R refuse, N next')} />
        <${Loaded} of=${page}>${() => papers.length === 0
            ? html`<p class="empty card">${t('没有等待审核的证件', 'No papers wait')}</p>`
            : html`<div class="desk">
                <ol class="queue card flush" aria-label=${t('等待审核', 'Waiting')}>${papers.map((/** @type {any} */ one, /** @type {number} */ n) => html`<li key=${one.account_id}>
                    <button type="button" class="quiet" aria-current=${n === at ? 'true' : undefined} onClick=${() => setChosen(n)}>
                        <b>${one.real_name}</b><span class="small soft">${realmName(one.realm)} · ${moment(one.waiting_since)}</span>
                    </button></li>`)}
                </ol>
                <${Desk} key=${papers[at].account_id} papers=${papers[at]} onNext=${() => setChosen((at + 1) % papers.length)} onDone=${page.reload} />
            </div>`}<//>`;
}

/** @param {string} realm */
const realmName = (realm) => (realm === 'mall-dealer' ? t('提供商', 'Dealer') : t('代理商', 'Agent'));

/** @param {any} props */
function Desk({ papers, onNext, onDone }) {
    const [refusing, setRefusing] = useState(false);
    const history = useLoaded(() => get(`/operator/papers/${papers.realm}/${papers.account_id}`), [papers.account_id]);
    const decide = async (/** @type {number} */ status, /** @type {string} */ reason) => {
        const body = { telephone: papers.telephone, realm: papers.realm, status, version: papers.version, ...(reason ? { reason } : {}) };
        await call('POST', '/user/proxy/auditPUser', body);
        await onDone();
        return true;
    };
    const pass = useAction(() => decide(3, ''));
    useEffect(() => {
        const pressed = (/** @type {KeyboardEvent} */ event) => {
            const typing = /** @type {HTMLElement} */ (event.target).closest('input, textarea, select, dialog');
            if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
            if (event.key === 'p') void pass.run();
            if (event.key === 'r') setRefusing(true);
            if (event.key === 'n') onNext();
        };
        addEventListener('keydown', pressed);
        return () => removeEventListener('keydown', pressed);
    });
    const number = verdict(papers.id_no);
    return html`<section class="card papers" aria-label=${papers.real_name}>
        <header><h2>${papers.real_name}</h2><span class="tag">${realmName(papers.realm)}</span></header>
        <dl class="pair">
            <dt>${t('身份证号', 'ID number')}</dt><dd><span class="mono">${papers.id_no ?? '–'}</span> <span class="tag ${number.kind}">${number.text}</span></dd>
            <dt>${t('手机', 'Telephone')}</dt><dd>${papers.telephone}</dd>
            <dt>${t('提交', 'Submitted')}</dt><dd>${moment(papers.submitted_at)}</dd>
        </dl>
        <div class="pictures">
            <${Picture} name=${t('身份证正面', 'Front of the ID card')} url=${papers.front_img} />
            <${Picture} name=${t('资质证明', 'Qualification')} url=${papers.qualification} />
        </div>
        <${Notice} text=${pass.refusal} />
        <div class="row">
            <button type="button" class="main" disabled=${pass.busy} aria-busy=${String(pass.busy)} onClick=${pass.run}>${t('通过 (P)', 'Pass (P)')}</button>
            <button type="button" class="grave" onClick=${() => setRefusing(true)}>${t('退回 (R)', 'Refuse (R)')}</button>
            <button type="button" onClick=${onNext}>${t('下一份 (N)', 'Next (N)')}</button>
        </div>
        <${Loaded} of=${history}>${(/** @type {any} */ it) => html`<ol class="timeline">${it.history.map((/** @type {any} */ line) => html`<li key=${line.at}><b>${steps(line.to)}</b><span class="soft small">${moment(line.at)} · ${line.role}${line.reason ? ` · ${line.reason}` : ''}</span></li>`)}</ol>`}<//>
        ${refusing && html`<${Confirm} title=${t('退回证件', 'Refuse the papers')} doIt=${t('退回', 'Refuse')} grave onDo=${(/** @type {any} */ form) => decide(2, form.reason)} onClose=${() => setRefusing(false)}>
            <${Field} label=${t('理由（申请人可见）', 'Reason (the applicant reads it)')} name="reason" maxlength="200" required />
        <//>`}
    </section>`;
}

/** @param {number} status */
const steps = (status) => [t('未提交', 'Not submitted'), t('提交审核', 'Submitted'), t('审核退回', 'Refused'), t('审核通过', 'Passed')][status] ?? String(status);

/** Large, and larger with a click. @param {any} props */
function Picture({ name, url }) {
    const [large, setLarge] = useState(false);
    if (!url) return html`<figure class="picture"><p class="empty">${t('图片已删除', 'The picture is deleted')}</p><figcaption class="small soft">${name}</figcaption></figure>`;
    return html`<figure class="picture ${large ? 'large' : ''}">
        <button type="button" class="quiet" aria-pressed=${String(large)} aria-label=${t(`放大${name}`, `Enlarge: ${name}`)} onClick=${() => setLarge(!large)}><img src=${url} alt=${name} /></button>
        <figcaption class="small soft">${name}</figcaption>
    </figure>`;
}
