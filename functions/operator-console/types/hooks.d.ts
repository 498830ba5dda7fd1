// What the console uses of page/vendor/hooks.js.
type Update<T> = (next: T | ((before: T) => T)) => void;
export function useState<T>(first: T): [T, Update<T>];
export function useEffect(effect: () => void | undefined | (() => void), inputs?: readonly unknown[]): void;
export function useRef<T>(first: T): { current: T };
export function useCallback<F extends (...given: never[]) => unknown>(callback: F, inputs: readonly unknown[]): F;
