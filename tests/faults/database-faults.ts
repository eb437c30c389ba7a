import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { pause } from '../system/until.ts';
import type { DurableFleet } from './durable-fleet.ts';
import { begin, describeDurable, type DurableReport, reportOf, undisturbedText, untilEvents } from './durable-run.ts';

const streams = 50;
const chatEveryMs = 250;

export interface OutageReport extends DurableReport {
  /** Responses that were being produced when the database went. */
  readonly open: number;
  /** Live chats that were answered while the database was down. */
  readonly chats: number;
  /** Requests for stored responses that were refused with 503 and `retry-after` meanwhile. */
  readonly refusals: number;
}

/** Fifty responses are open; then the database goes, stays away, and comes back. */
export async function stopDatabase(fleet: DurableFleet, downMs: number): Promise<OutageReport> {
  const text = await undisturbedText(fleet);
  const begun = await Promise.all(Array.from({ length: streams }, (_, index) => begin(fleet, index % 2 === 0 ? 0 : 1)));
  for (const { id } of begun) await untilEvents(fleet, id, 5);
  const { rows } = await fleet.database.query<{ open: number }>(
    'SELECT count(*) AS open FROM conversations.responses WHERE ended_at IS NULL',
  );
  await fleet.server.halt();
  const until = performance.now() + downMs;
  let chats = 0;
  let refusals = 0;
  while (performance.now() < until) {
    const client = fleet.clients[chats % 2 === 0 ? 0 : 1];
    await answersChat(client);
    chats++;
    await refusesStored(() => client.responses.retrieve(begun[0]?.id ?? ''));
    await refusesStored(() => client.responses.create({ model: 'durable', input: 'hello' }));
    refusals += 2;
    await pause(Math.min(chatEveryMs, downMs));
  }
  await fleet.server.start();
  return { ...(await reportOf(fleet, begun, text, 1)), open: rows[0]?.open ?? 0, chats, refusals };
}

export function describeOutage(report: OutageReport): string {
  const { open, chats, refusals } = report;
  return `${describeDurable(report)}; ${open} were open, ${chats} chats and ${refusals} refusals meanwhile`;
}

async function answersChat(client: OpenAI): Promise<void> {
  const answer = await client.chat.completions.create({
    model: 'durable',
    messages: [{ role: 'user', content: '[[length=5]] hello' }],
  });
  assert.notEqual(answer.choices[0]?.message.content ?? '', '');
}

async function refusesStored(work: () => Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof OpenAI.APIError);
    assert.equal(error.status, 503);
    assert.match((error.headers as Headers).get('retry-after') ?? '', /^\d+$/);
    return true;
  });
}
