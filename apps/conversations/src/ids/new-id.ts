import { randomBytes } from 'node:crypto';

/** Hex digits after the prefix, as the API has them. */
const idBytes = 24;

/** An id of the API: `resp_`, `conv_`, `msg_` and so on, then digits that nobody can guess. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(idBytes).toString('hex')}`;
}

/** The id of a response's output item: the same whoever produces it, so that a taken-over run repeats it. */
export function outputItemId(prefix: string, responseId: string, outputIndex: number): string {
  return `${prefix}_${responseId.slice(responseId.indexOf('_') + 1)}${outputIndex.toString(16).padStart(3, '0')}`;
}
