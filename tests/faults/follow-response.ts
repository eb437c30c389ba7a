import { pause } from '@kumiki/testing';
import type OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';

export interface Followed {
  readonly events: readonly ResponseStreamEvent[];
  /** How often the stream broke and was resumed. */
  readonly resumes: number;
  /** The longest wait between two events. */
  readonly longestGapMs: number;
}

const lastEvents = new Set(['response.completed', 'response.incomplete', 'response.failed']);
/** A client gives up after this time. */
const patienceMs = 120_000;
const againMs = 100;

/** Reads a background response to its end as a client does; when the stream breaks, it resumes at the other gateway. */
export async function followResponse(clients: readonly OpenAI[], id: string): Promise<Followed> {
  const events: ResponseStreamEvent[] = [];
  const startedAt = performance.now();
  let heardAt = startedAt;
  let longestGapMs = 0;
  for (let attempt = 0; ; attempt++) {
    try {
      const client = clients[attempt % clients.length] as OpenAI;
      const after = events.at(-1)?.sequence_number ?? -1;
      const stream = await client.responses.retrieve(id, { stream: true, starting_after: after });
      for await (const event of stream) {
        if (events.length > 0) longestGapMs = Math.max(longestGapMs, performance.now() - heardAt);
        heardAt = performance.now();
        events.push(event);
        if (lastEvents.has(event.type)) return { events, resumes: attempt, longestGapMs };
      }
    } catch (error) {
      const waited = performance.now() - startedAt;
      if (waited > patienceMs) throw new Error(`${id} did not end in ${waited} ms`, { cause: error });
    }
    await pause(againMs);
  }
}
