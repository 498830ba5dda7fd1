// Calls to the API on the page's own origin. The token stays in memory and in the tab's session storage.

const KEY = 'ev-plaza.session';
/** @typedef {{ token: string, name: string }} Session */

/** What the server refused, in its own sentence. */
export class Refusal extends Error {
    /** @param {number} status @param {string} code @param {string} message @param {any} body */
    constructor(status, code, message, body) {
        super(message);
        this.status = status;
        this.code = code;
        this.body = body;
    }
}

/** @type {Session | null} */
let session = read();
/** @type {Set<() => void>} */
const listeners = new Set();
/** Set while a person signs in again. @type {{ promise: Promise<void>, done: () => void } | null} */
let again = null;
/** The token of a sign-in of which a step is left. @type {string | null} */
let partial = null;
let running = 0;

function read() {
    try {
        return JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    } catch {
        return null;
    }
}

export const currentSession = () => session;
export const wantsSignIn = () => session === null || again !== null;
export const isBusy = () => running > 0;

/** Calls back when the session or the number of running calls changes. @param {() => void} listener */
export function onChange(listener) {
    listeners.add(listener);
    return () => void listeners.delete(listener);
}

const changed = () => listeners.forEach((listener) => listener());

/** @param {Session | null} next */
function keep(next) {
    session = next;
    partial = null;
    try {
        if (next) sessionStorage.setItem(KEY, JSON.stringify(next));
        else sessionStorage.removeItem(KEY);
    } catch {
        // Without storage the session ends with the page.
    }
    if (next && again) {
        again.done();
        again = null;
    }
    changed();
}

/** @param {Record<string, string>} form `username`, `password` and what a second step asks for */
export async function signIn(form) {
    const answer = await send('POST', '/auth/token', { realm: 'platform', ...form });
    finish(answer, form.username);
    return answer;
}

/** The session of an answer, unless a step of the sign-in is left. @param {any} answer @param {string} name */
export function finish(answer, name) {
    if (answer.next) partial = answer.token;
    else keep({ token: answer.token, name });
}

/** A step that is left of the sign-in. @param {string} path @param {any} body @returns {Promise<any>} */
export async function step(path, body) {
    const answer = await send('POST', path, body);
    if (answer.token) partial = answer.token;
    if (answer.token && !answer.next && !answer.recovery_codes) keep({ token: answer.token, name: body.username });
    return answer;
}

/** With a token that a command printed. @param {string} token */
export async function signInWith(token) {
    const before = session;
    session = { token: token.trim(), name: 'token' };
    try {
        await send('GET', '/operator/stations?limit=1');
        keep(session);
    } catch (refusal) {
        session = before;
        throw refusal;
    }
}

export async function signOut() {
    await send('POST', '/auth/logout').catch(() => null);
    keep(null);
}

/**
 * Calls the API. When the session has ended the call waits until the person has signed in again, and goes on: a form that
 * is open stays as it is.
 * @param {string} method @param {string} path @param {any} [body] @returns {Promise<any>}
 */
export async function call(method, path, body) {
    try {
        return await send(method, path, body);
    } catch (refusal) {
        if (!(refusal instanceof Refusal) || refusal.status !== 401) throw refusal;
        await signedInAgain();
        return send(method, path, body);
    }
}

/** @typedef {import('../types/api').Answers} Answers */

/** @param {string} path @returns {Promise<any>} */
export const get = (path) => call('GET', path);

function signedInAgain() {
    if (!again) {
        let done = () => {};
        const promise = new Promise((/** @type {(value?: any) => void} */ resolve) => (done = resolve));
        again = { promise, done };
        changed();
    }
    return again.promise;
}

/** @param {string} method @param {string} path @param {any} [body] */
async function send(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = {};
    const token = path.startsWith('/auth/') && path !== '/auth/logout' ? partial : session?.token;
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const device = remembered();
    if (device) headers['X-Device-Token'] = device;
    running += 1;
    changed();
    try {
        const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
        remember(answer.headers.get('X-Device-Token'));
        const text = await answer.text();
        const content = text === '' ? {} : parsed(text);
        // The mall's envelope refuses with HTTP 200 and a code of its own.
        const code = content.errCode ?? content.code ?? '';
        const refused = !answer.ok || (content.errCode !== undefined && String(content.errCode) !== '200');
        if (refused) throw new Refusal(answer.status, String(code), sentence(answer, content), content);
        return content;
    } finally {
        running -= 1;
        changed();
    }
}

/** @param {Response} answer @param {any} content */
function sentence(answer, content) {
    const text = content.message ?? content.msg ?? `HTTP ${answer.status}`;
    const wait = answer.headers.get('Retry-After');
    return wait ? `${text}（${wait} s）` : text;
}

/** @param {string} text */
function parsed(text) {
    try {
        return JSON.parse(text);
    } catch {
        return { message: text.slice(0, 200) };
    }
}

function remembered() {
    try {
        return localStorage.getItem('ev-plaza.device');
    } catch {
        return null;
    }
}

/** @param {string | null} device */
function remember(device) {
    if (!device) return;
    try {
        localStorage.setItem('ev-plaza.device', device);
    } catch {
        // The next sign-in counts as one from a new device.
    }
}
