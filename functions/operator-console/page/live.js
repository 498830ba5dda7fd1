// What follows from two looks at a station: how fast its time runs, and who is called next.

/** @type {WeakMap<object, { station: number, local: number }>} */
const seen = new WeakMap();
/** @type {{ id: string, station: number, local: number } | null} */
let before = null;
let speed = 1;

/** @typedef {import('./api.js').Answers['GET /operator/stations/{station}']} Live */

/** Station time now, in milliseconds: the view's own time, counted on since it came. @param {Live} view */
export function stationTime(view) {
    let first = seen.get(view);
    if (!first) {
        first = { station: Date.parse(view.at), local: performance.now() };
        seen.set(view, first);
        const passed = before && before.id === view.station_id ? first.local - before.local : 0;
        // A local stack may run at sixty times the speed, or stand still.
        if (before && passed > 500) speed = Math.min(3600, Math.max(0, (first.station - before.station) / passed));
        before = { id: view.station_id, ...first };
    }
    return first.station + (performance.now() - first.local) * speed;
}

/** The waiting car that the forecast calls first. @param {Live['waiting']} waiting */
export function nextCalled(waiting) {
    const called = waiting.filter((car) => car.expected_call_at);
    const time = (/** @type {Live['waiting'][0]} */ car) => Date.parse(car.expected_call_at ?? '');
    const first = called.sort((a, b) => time(a) - time(b))[0];
    return first ?? null;
}

/**
 * What a charging car has got by now, between two looks.
 * @param {Live['piles'][0]['cars'][0]} car @param {number} at when the view was made @param {number} now
 */
export function progress(car, at, now) {
    const [delivered, remaining, fee] = [car.delivered_kwh, car.remaining_kwh, car.fee].map(Number);
    const finish = Date.parse(car.expected_finish_at ?? '');
    const whole = finish - at;
    const share = car.charging_since && whole > 0 ? Math.min(1, Math.max(0, (now - at) / whole)) : 0;
    const more = remaining * share;
    return {
        delivered: delivered + more,
        fee: fee + (delivered > 0 ? (fee / delivered) * more : 0),
        share: (delivered + more) / (delivered + remaining || 1),
        seconds: Math.max(0, (finish - now) / 1000),
    };
}
