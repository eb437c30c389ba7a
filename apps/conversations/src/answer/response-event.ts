/** An event of a response's stream. `sequence_number` counts from 0 over all of them. */
export type ResponseEvent = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly sequence_number: number;
};

/** Events after which a stream has nothing more. */
const terminal = new Set(['response.completed', 'response.incomplete', 'response.failed']);

export function isTerminal(type: string): boolean {
  return terminal.has(type);
}

/** Whether an event brings something that the model has just written. */
export function isDelta(type: string): boolean {
  return type.endsWith('.delta');
}
