import assert from 'node:assert/strict';
import { pause } from '@kumiki/testing';
import OpenAI from 'openai';
import type { DurableFleet } from './durable-fleet.ts';
import { begin, describeDurable, type DurableReport, reportOf, untilEvents } from './durable-run.ts';

const streams = 50;
const chatEveryMs = 250;
const asked = { model: 'durable-slow', input: '[[length=250]] Tell me something.' };

export interface OutageReport extends DurableReport {
  /** Responses that were running when the database stopped. */
  readonly open: number;
  /** Chat completions that were answered while the database was down. */
  readonly chats: number;
  /** Requests for stored responses that were refused with 503 and `retry-after` meanwhile. */
  readonly refusals: number;
}

/** Stops the database for a while with fifty open responses. */
export async function stopDatabase(fleet: DurableFleet, downMs: number): Promise<OutageReport> {
  // A chat completion with the same input needs no database, so its text is the expected one.
  const chat = chatText(fleet.clients[0], asked.input);
  const begun = await Promise.all(
    Array.from({ length: streams }, (_, index) => begin(fleet, index % 2 === 0 ? 0 : 1, asked)),
  );
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
    await chatText(client, '[[length=5]] hello');
    chats++;
    await refusesStored(() => client.responses.retrieve(begun[0]?.id ?? ''));
    await refusesStored(() => client.responses.create({ model: 'durable', input: 'hello' }));
    refusals += 2;
    await pause(Math.min(chatEveryMs, downMs));
  }
  await fleet.server.start();
  return { ...(await reportOf(fleet, begun, await chat, 1)), open: rows[0]?.open ?? 0, chats, refusals };
}

export function describeOutage(report: OutageReport): string {
  const { open, chats, refusals } = report;
  return `${describeDurable(report)}; ${open} were open, ${chats} chats and ${refusals} refusals meanwhile`;
}

async function chatText(client: OpenAI, content: string): Promise<string> {
  const answer = await client.chat.completions.create({
    model: asked.model,
    messages: [{ role: 'user', content }],
    temperature: 0,
  });
  const text = answer.choices[0]?.message.content ?? '';
  assert.notEqual(text, '');
  return text;
}

async function refusesStored(work: () => Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof OpenAI.APIError);
    assert.equal(error.status, 503);
    assert.match((error.headers as Headers).get('retry-after') ?? '', /^\d+$/);
    return true;
  });
}
