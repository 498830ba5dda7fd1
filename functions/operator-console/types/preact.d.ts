// What the console uses of page/vendor/preact.js.
export type VNode = { type: unknown; props: Record<string, unknown> };
export function h(type: unknown, props: Record<string, unknown> | null, ...children: unknown[]): VNode;
export function render(node: unknown, place: Element): void;
