import assert from 'node:assert/strict';
import { until } from '@kumiki/testing';
import type OpenAI from 'openai';
import { checkResponse } from './check-response.ts';
import type { DurableFleet } from './durable-fleet.ts';
import { type Followed, followResponse } from './follow-response.ts';

export interface DurableReport {
  readonly faults: number;
  readonly responses: number;
  /** Times that a client's stream broke and was resumed. */
  readonly resumes: number;
  /** Drivers that the responses had beyond their first. */
  readonly takeovers: number;
  readonly longestGapMs: number;
  readonly complaints: readonly string[];
}

const model: string = 'durable';
const input: string = '[[length=400]] Tell me something.';
const request = { model, input, temperature: 0 } as const;

/** The expected text of every response, from one without faults. */
export async function undisturbedText(fleet: DurableFleet): Promise<string> {
  const response = await fleet.clients[0].responses.create(request);
  assert.equal(response.status, 'completed');
  assert.ok(response.output_text.length > 0);
  return response.output_text;
}

export interface Begun {
  readonly id: string;
  readonly ended: Promise<Followed>;
}

/** Starts a background response and follows it, first through the given gateway. */
export async function begin(fleet: DurableFleet, first: 0 | 1, asked: Partial<typeof request> = {}): Promise<Begun> {
  const { id } = await fleet.clients[first].responses.create({ ...request, ...asked, background: true });
  const clients: readonly OpenAI[] = first === 0 ? fleet.clients : fleet.clients.toReversed();
  return { id, ended: followResponse(clients, id) };
}

/** Waits until a response has that many events, or has ended. */
export async function untilEvents(fleet: DurableFleet, id: string, events: number): Promise<void> {
  await until(`${id} has ${events} events`, 60_000, async () => {
    const { rows } = await fleet.database.query<{ there: boolean }>(
      'SELECT last_seq >= $2 OR ended_at IS NOT NULL AS there FROM conversations.responses WHERE id = $1',
      [id, events],
    );
    return rows[0]?.there === true;
  });
}

/** Waits for the end of all and collects everything that is wrong. */
export async function reportOf(
  fleet: DurableFleet,
  begun: readonly Begun[],
  text: string,
  faults: number,
): Promise<DurableReport> {
  const complaints: string[] = [];
  let resumes = 0;
  let longestGapMs = 0;
  for (const { id, ended } of begun) {
    const followed = await ended;
    resumes += followed.resumes;
    longestGapMs = Math.max(longestGapMs, followed.longestGapMs);
    const complaint = await checkResponse({ database: fleet.database, client: fleet.clients[1] }, id, followed, text);
    if (complaint !== null) complaints.push(complaint);
  }
  const { rows } = await fleet.database.query<{ takeovers: number }>(
    'SELECT coalesce(sum(fence - 1), 0)::int AS takeovers FROM conversations.responses WHERE id = ANY($1::text[])',
    [begun.map(({ id }) => id)],
  );
  const takeovers = rows[0]?.takeovers ?? 0;
  return { faults, responses: begun.length, resumes, takeovers, longestGapMs, complaints };
}

export function describeDurable(report: DurableReport): string {
  return (
    `${report.faults} faults, ${report.responses} responses, ${report.resumes} streams attached again, ` +
    `${report.takeovers} take-overs, longest wait ${report.longestGapMs.toFixed(0)} ms, ` +
    `${report.complaints.length} complaints`
  );
}
