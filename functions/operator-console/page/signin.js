// Signing in, at the beginning and again in place when a session has ended; and the steps that the server may ask for
// before a session opens everything.

import { html, useState, Dialog, Field, Notice, Segments, useAction } from './ui.js';
import { Refusal, finish, signIn, signInWith, signOut, step } from './api.js';
import { Settings } from './settings.js';
import { icon } from './icons.js';
import { t } from './text.js';

/** @param {{ again: boolean }} props */
export function SignIn({ again }) {
    const [way, setWay] = useState('password');
    const [wantsCode, setWantsCode] = useState(false);
    const [left, setLeft] = useState(/** @type {any} */ (null));
    const action = useAction(async (/** @type {Record<string, string>} */ form) => {
        if (way === 'token') return signInWith(form.token);
        try {
            const answer = await signIn(form);
            if (answer.next) setLeft({ step: answer.next, username: form.username, password: form.password });
            return answer;
        } catch (refusal) {
            if (refusal instanceof Refusal && refusal.code === 'second_factor_required') setWantsCode(true);
            throw refusal;
        }
    });
    const title = again ? t('会话已结束，请重新登录', 'The session has ended. Sign in again') : t('登录运营控制台', 'Sign in to the console');
    return html`<${Dialog} title=${title} kind=${again ? '' : 'first'}>
        <div class="signin">
            <div class="brand">${icon('brand')}<span>ev-plaza</span></div>
            ${left ? html`<${Step} left=${left} onNext=${setLeft} />` : html`<form onSubmit=${submitted(action)}>
                <div>
                    <h1>${title}</h1>
                    ${again && html`<p class="soft">${t('已填写的内容会保留。', 'What you have typed is kept.')}</p>`}
                </div>
                ${way === 'password'
                    ? html`<${Field} label=${t('用户名', 'User name')} name="username" autocomplete="username" required autofocus />
                          <${Field} label=${t('密码', 'Password')} name="password" type="password" autocomplete="current-password" required />
                          ${wantsCode && html`<${Code} />`}`
                    : html`<${Field} label=${t('令牌', 'Token')} hint=${t('cargo local token admin 会打印一个。', '`cargo local token admin` prints one.')} name="token" autocomplete="off" required />`}
                <${Submit} action=${action} text=${t('登录', 'Sign in')} />
                <div class="row">
                    <${Segments} label=${t('登录方式', 'Way to sign in')} value=${way} onChange=${setWay}
                        options=${[['password', t('密码', 'Password')], ['token', t('令牌', 'Token')]]} />
                    ${again && html`<button type="button" class="quiet" onClick=${signOut}>${t('放弃并退出', 'Leave')}</button>`}
                </div>
            </form>`}
            <${Settings} />
        </div>
    <//>`;
}

/** Runs an action with what the form holds. @param {any} action */
const submitted = (action) => (/** @type {any} */ event) => {
    event.preventDefault();
    void action.run(Object.fromEntries(new FormData(event.target)));
};

const Code = () => html`<${Field} label=${t('动态验证码', 'Code of the authenticator')} name="totp" inputmode="numeric" autocomplete="one-time-code" required autofocus />`;

/** @param {any} props */
const Submit = ({ action, text }) =>
    html`<${Notice} text=${action.refusal} /><button class="main" disabled=${action.busy} aria-busy=${String(action.busy)}>${text}</button>`;

/** What the server wants before the session opens everything. @param {any} props */
function Step({ left, onNext }) {
    const { username, password } = left;
    const change = useAction(async (/** @type {any} */ form) => {
        const answer = await step('/auth/password', { username, old_password: password, password: form.password });
        if (answer.next) onNext({ step: answer.next, username, password: form.password });
        return answer;
    });
    const offer = useAction(async () => onNext({ ...left, offered: await step('/auth/second-factor', { username, password }) }));
    const confirm = useAction(async (/** @type {any} */ form) => {
        const answer = await step('/auth/second-factor/confirm', { username, totp: form.totp });
        onNext({ ...left, step: 'recovery', answer });
        return answer;
    });
    if (left.step === 'change_password') {
        return html`<form onSubmit=${submitted(change)}>
            <h1>${t('请设置新密码', 'Choose a password of your own')}</h1>
            <${Field} label=${t('新密码（8 至 128 个字符）', 'New password (8–128 characters)')} name="password" type="password" autocomplete="new-password" required autofocus />
            <${Submit} action=${change} text=${t('修改密码', 'Change the password')} />
        </form>`;
    }
    if (left.step === 'recovery') {
        return html`<form onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); finish(left.answer, username); }}>
            <h1>${t('请保存恢复码', 'Keep the recovery codes')}</h1>
            <p class="soft">${t('只显示这一次，每个可代替动态验证码使用一次。', 'They are shown this once; each takes the place of a code once.')}</p>
            <ul class="mono">${left.answer.recovery_codes.map((/** @type {string} */ code) => html`<li key=${code}>${code}</li>`)}</ul>
            <button class="main">${t('已保存，继续', 'I have kept them')}</button>
        </form>`;
    }
    if (!left.offered) {
        return html`<form onSubmit=${submitted(offer)}>
            <h1>${t('请绑定动态验证器', 'Enrol an authenticator')}</h1>
            <p class="soft">${t('此角色登录需要第二重验证。', 'This role signs in with a second factor.')}</p>
            <${Submit} action=${offer} text=${t('获取密钥', 'Get the secret')} />
        </form>`;
    }
    return html`<form onSubmit=${submitted(confirm)}>
        <h1>${t('请绑定动态验证器', 'Enrol an authenticator')}</h1>
        <p class="soft">${t('在验证器中输入密钥，或在手机上打开链接。', 'Type the secret into the authenticator, or open the link on the telephone.')}</p>
        <p class="mono">${left.offered.secret}</p>
        <p><a href=${left.offered.uri}>${t('在验证器中打开', 'Open in the authenticator')}</a></p>
        <${Code} />
        <${Submit} action=${confirm} text=${t('确认', 'Confirm')} />
    </form>`;
}
