// The check digit of a resident ID number (GB 11643).

import { t } from './text.js';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const DIGITS = '10X98765432';

/** @param {string | null} id @returns {{ kind: string, text: string }} */
export function verdict(id) {
    if (!id || id.includes('*')) return { kind: '', text: t('已隐藏', 'masked') };
    if (!/^\d{17}[\dXx]$/.test(id)) return { kind: 'bad', text: t('格式不对', 'not an ID number') };
    const sum = WEIGHTS.reduce((total, weight, n) => total + weight * Number(id[n]), 0);
    const right = DIGITS[sum % 11] === id[17].toUpperCase();
    return right ? { kind: 'good', text: t('校验位正确', 'check digit right') } : { kind: 'bad', text: t('校验位不符', 'check digit wrong') };
}
