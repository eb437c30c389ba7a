/** An event of a response's stream. `sequence_number` counts all of them from 0. */
export type ResponseEvent = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly sequence_number: number;
};

/** Events that end a stream. */
const terminal = new Set(['response.completed', 'response.incomplete', 'response.failed']);

export function isTerminal(type: string): boolean {
  return terminal.has(type);
}

/** Whether an event contains new output of the model. */
export function isDelta(type: string): boolean {
  return type.endsWith('.delta');
}
