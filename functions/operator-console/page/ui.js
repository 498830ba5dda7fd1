// Preact with tagged templates, and the small parts that every screen uses.

import { h, render } from './preact.js';
import { useCallback, useEffect, useRef, useState } from './hooks.js';
import htm from './htm.js';
import { Refusal } from './api.js';
import { t } from './text.js';

export const html = htm.bind(h);
export { render, useCallback, useEffect, useRef, useState };

/** A sentence for a person. @param {unknown} error */
export function words(error) {
    if (error instanceof Refusal) return error.message;
    return t('无法连接服务器，请稍后再试。', 'The server cannot be reached. Please try again.');
}

/**
 * Loads when `inputs` change: the content, the refusal, and how to load anew.
 * @template T @param {() => Promise<T>} load @param {any[]} inputs
 * @returns {{ content: T | null, refusal: string, reload: () => Promise<void> }}
 */
export function useLoaded(load, inputs) {
    const [state, setState] = useState(/** @type {any} */ ({ content: null, refusal: '' }));
    const turn = useRef(0);
    const reload = useCallback(async () => {
        const mine = ++turn.current;
        const settle = (/** @type {any} */ next) => mine === turn.current && setState(next);
        try {
            settle({ content: await load(), refusal: '' });
        } catch (error) {
            settle((/** @type {any} */ before) => ({ content: before.content, refusal: words(error) }));
        }
    }, inputs);
    useEffect(() => {
        void reload();
        return () => void (turn.current += 1);
    }, [reload]);
    return { ...state, reload };
}

/** Runs an action once at a time. @param {(...given: any[]) => Promise<any>} action */
export function useAction(action) {
    const [state, setState] = useState({ busy: false, refusal: '' });
    /** @param {any[]} given */
    const run = async (...given) => {
        setState({ busy: true, refusal: '' });
        try {
            const result = await action(...given);
            setState({ busy: false, refusal: '' });
            return result;
        } catch (error) {
            setState({ busy: false, refusal: words(error) });
            return undefined;
        }
    };
    return { ...state, run };
}

/** @param {{ text: string, kind?: string }} props */
export const Notice = ({ text, kind = 'bad' }) =>
    text ? html`<p class="notice ${kind}" role=${kind === 'bad' ? 'alert' : 'status'}>${text}</p>` : null;

/** @param {any} props */
export function Field({ label, hint, children, ...rest }) {
    const control = children?.type ? children : html`<input ...${rest} />`;
    return html`<label class="field"><span>${label}</span>${control}${hint && html`<span class="small">${hint}</span>`}</label>`;
}

/** One of a few. @param {{ label: string, options: [string, string][], value: string, onChange: (v: any) => void }} props */
export const Segments = ({ label, options, value, onChange }) =>
    html`<div class="segments" role="group" aria-label=${label}>
        ${options.map(
            ([key, text]) =>
                html`<button type="button" key=${key} aria-pressed=${String(key === value)} onClick=${() => onChange(key)}>${text}</button>`,
        )}
    </div>`;

/** A dialog over the screen. It closes with Escape, and gives the focus back. @param {any} props */
export function Dialog({ title, onClose, children, kind }) {
    const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
    useEffect(() => {
        const before = /** @type {HTMLElement | null} */ (document.activeElement);
        dialog.current?.showModal();
        return () => before?.focus?.();
    }, []);
    return html`<dialog
        ref=${dialog}
        class=${kind ?? ''}
        aria-label=${title}
        onCancel=${(/** @type {Event} */ event) => {
            event.preventDefault();
            onClose?.();
        }}
    >
        ${children}
    </dialog>`;
}

/**
 * Asks before something is done. `fields` are read from the form and given to `onDo`.
 * @param {any} props
 */
export function Confirm({ title, text, doIt, grave, onDo, onClose, children }) {
    const action = useAction(onDo);
    const submit = async (/** @type {any} */ event) => {
        event.preventDefault();
        const given = Object.fromEntries(new FormData(event.target));
        if ((await action.run(given)) !== undefined) onClose();
    };
    return html`<${Dialog} title=${title} onClose=${onClose}>
        <form onSubmit=${submit}>
            <h2>${title}</h2>
            ${text && html`<p class="soft">${text}</p>`} ${children}
            <${Notice} text=${action.refusal} />
            <div class="row end">
                <button type="button" onClick=${onClose}>${t('取消', 'Cancel')}</button>
                <button class=${grave ? 'grave' : 'main'} disabled=${action.busy} aria-busy=${String(action.busy)}>${doIt}</button>
            </div>
        </form>
    <//>`;
}

/** The title of a screen, what it is about, and what can be chosen. @param {any} props */
export const Head = ({ title, about, children }) =>
    html`<div class="head">
        <div><h1>${title}</h1>${about && html`<p>${about}</p>`}</div>
        ${children && html`<div class="row">${children}</div>`}
    </div>`;

/** Loading, or what was refused, or the content. @param {any} props */
export const Loaded = ({ of, children }) =>
    html`<${Notice} text=${of.refusal} />${of.content ? children(of.content) : of.refusal ? null : html`<p class="empty" role="status">${t('正在加载…', 'Loading…')}</p>`}`;

/** @param {{ items: [string, any, string?, string?][] }} props Name, value, unit and kind of each. */
export const Figures = ({ items }) =>
    html`<dl class="figures">
        ${items.map(([name, value, unit, kind]) => html`<div class="figure ${kind ?? ''}" key=${name}><dt>${name}</dt><dd>${value}<small>${unit ?? ''}</small></dd></div>`)}
    </dl>`;
