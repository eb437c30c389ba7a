import { randomInt } from 'node:crypto';

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz';
/** 36^24 is 124 bits, so ids cannot be guessed. */
const length = 24;

/** `file-…`, `vs_…`, `vsfb_…`. */
export function makeId(prefix: 'file-' | 'vs_' | 'vsfb_'): string {
  let id: string = prefix;
  for (let at = 0; at < length; at++) id += alphabet.charAt(randomInt(alphabet.length));
  return id;
}
