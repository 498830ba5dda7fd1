// Choosing a station, and the day that a station has.

import { html, useEffect, useState } from './ui.js';
import { get } from './api.js';
import { dayOf, t } from './text.js';

const KEY = 'ev-plaza.station';

/** The station that a person looked at last. */
export function useStation() {
    const [station, setStation] = useState(remembered());
    const [ids, setIds] = useState(/** @type {string[]} */ ([]));
    useEffect(() => {
        get('/operator/stations?limit=100').then((page) => {
            const found = page.stations.map((/** @type {any} */ one) => one.station_id);
            setIds(found);
            if (!found.includes(station) && found[0]) setStation(found[0]);
        }, () => null);
    }, []);
    const choose = (/** @type {string} */ id) => {
        try {
            sessionStorage.setItem(KEY, id);
        } catch {
            // The choice lasts as long as the screen.
        }
        setStation(id);
    };
    return { station, ids, choose };
}

function remembered() {
    try {
        return sessionStorage.getItem(KEY) ?? 'S1';
    } catch {
        return 'S1';
    }
}

/** @param {any} props */
export const StationPick = ({ of }) =>
    html`<label class="row"><span class="soft">${t('充电站', 'Station')}</span>
        <select value=${of.station} onChange=${(/** @type {any} */ event) => of.choose(event.target.value)}>
            ${(of.ids.length ? of.ids : [of.station]).map((/** @type {string} */ id) => html`<option key=${id} value=${id} selected=${id === of.station}>${id}</option>`)}
        </select>
    </label>`;

/** Today as the station has it; auditors, who may not see it live, have the real day. @param {string} station */
export async function stationDay(station) {
    const live = await get(`/operator/stations/${encodeURIComponent(station)}`).catch(() => null);
    return dayOf(live?.at ?? Date.now());
}
