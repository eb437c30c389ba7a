import { randomBytes } from 'node:crypto';

/** Random bytes of an id, written as hex digits after the prefix as in OpenAI's API. */
const idBytes = 24;

/** A new id: `resp_`, `conv_`, `msg_` and so on, followed by random digits. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(idBytes).toString('hex')}`;
}

/** The id of a response's output item. Deterministic, so that a driver that takes over gives the same id. */
export function outputItemId(prefix: string, responseId: string, outputIndex: number): string {
  return `${prefix}_${responseId.slice(responseId.indexOf('_') + 1)}${outputIndex.toString(16).padStart(3, '0')}`;
}
