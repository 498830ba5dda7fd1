// What the console uses of page/vendor/htm.js.
import type { VNode } from './preact.js';
declare const htm: {
    bind(create: (type: unknown, props: Record<string, unknown> | null, ...children: unknown[]) => VNode): (parts: TemplateStringsArray, ...values: any[]) => any;
};
export default htm;
