import type { Database } from '@kumiki/postgres';
import type OpenAI from 'openai';
import type { Followed } from './follow-response.ts';

/**
 * What is wrong with a response for a client that followed it, or in its log; null when nothing is.
 * @param text of the same request without faults.
 */
export async function checkResponse(
  { database, client }: { readonly database: Database; readonly client: OpenAI },
  id: string,
  followed: Followed,
  text: string,
): Promise<string | null> {
  const numbers = followed.events.map(({ sequence_number: number }) => number);
  const wrong = numbers.findIndex((number, index) => number !== index);
  if (wrong !== -1) return `${id}: event ${numbers[wrong]} came at place ${wrong}`;
  const last = followed.events.at(-1)?.type;
  if (last !== 'response.completed') return `${id}: ended with ${last}`;
  const deltas = followed.events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : ''));
  const { output_text: whole } = await client.responses.retrieve(id);
  if (whole !== deltas.join('')) return `${id}: the retrieved text is not the sum of its deltas`;
  if (whole !== text) return `${id}: its text is another one than that of the undisturbed response`;
  return checkHistory(database, id, numbers.length);
}

interface LogRow {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly fence: number;
  readonly events: string;
}

/**
 * Checks the log: every number occurs once, and no driver wrote after a later one. Two concurrent drivers would cause a
 * duplicate number, a gap, or a decreasing fence.
 */
async function checkHistory(database: Database, id: string, events: number): Promise<string | null> {
  const { rows } = await database.query<LogRow>(
    `SELECT first_seq, last_seq, fence, events FROM conversations.response_events
     WHERE response_id = $1 ORDER BY first_seq`,
    [id],
  );
  let next = 0;
  let fence = 1;
  for (const row of rows) {
    const written = row.events.split('\n').map((line) => JSON.parse(line) as { sequence_number: number });
    if (row.fence < fence) return `${id}: driver ${row.fence} wrote event ${row.first_seq} after driver ${fence}`;
    if (row.first_seq !== next) return `${id}: the log goes on with ${row.first_seq} after ${next - 1}`;
    if (written.some(({ sequence_number: number }, index) => number !== row.first_seq + index)) {
      return `${id}: the batch ${row.first_seq} to ${row.last_seq} holds other events`;
    }
    next = row.first_seq + written.length;
    if (row.last_seq !== next - 1) return `${id}: the batch ${row.first_seq} to ${row.last_seq} ends at ${next - 1}`;
    fence = row.fence;
  }
  return next === events ? null : `${id}: the log has ${next} events and the client saw ${events}`;
}
