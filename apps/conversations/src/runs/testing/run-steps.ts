import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { defaultProjectLimits } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { diesAtStep } from '@kumiki/postgres/testing';
import { createLog, type GatewayCall, type GatewayClient, type GatewayReply } from '@kumiki/service';
import { openResponse } from '../../answer/response-object.ts';
import { newId } from '../../ids/new-id.ts';
import { normalizeInput } from '../../prompt/normalize-input.ts';
import { createHub } from '../hub.ts';
import { newMachine } from '../rebuild.ts';
import { insertRun } from '../run-store.ts';
import { createRunner } from '../runner.ts';

/** A run whose drivers die one after the other, each at a given step, until one survives. */

const words = ['one', ' two', ' three', ' four', ' five', ' six'];
const log = createLog({ service: 'test', level: 'silent' });

/** Pseudo-random numbers from a seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    state = (state ^ (state >>> 13)) >>> 0;
    return state % below;
  };
}

/** A model that sends fixed words, continues after given frames, and sometimes breaks off. */
function createTalker(random: (below: number) => number): GatewayClient {
  const send = async ({ body }: GatewayCall): Promise<GatewayReply> => {
    const { kumiki_resume: resume } = body as { kumiki_resume?: { frames: string } };
    const said = (resume?.frames.match(/"content"/g) ?? []).length;
    const frames = words.slice(said).map((content) => frame({ content }, null));
    const breaks = random(12) === 0;
    const all = breaks ? frames.slice(0, 1 + random(3)) : [...frames, frame({}, 'stop'), 'data: [DONE]\n\n'];
    return {
      status: 200,
      headers: {},
      body: Readable.from(all.map((text) => Buffer.from(text))) as GatewayReply['body'],
    };
  };
  return { send, exchange: send, json: <Value>() => Promise.resolve({} as Value), close() {} };
}

function frame(delta: object, finish: string | null): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
}

export interface RunSteps {
  /** Drivers that died. */
  readonly deaths: number;
  /** Steps that the last driver made. */
  readonly lastSteps: number;
  readonly status: string;
}

/** Runs one run through deaths at the given steps, and checks that nothing is lost or duplicated. */
export async function runThroughDeaths(database: Database, seed: number, steps: readonly number[]): Promise<RunSteps> {
  const random = randomFrom(seed);
  const gateway = createTalker(random);
  const { id, conversation } = await insertWaitingRun(database, seed);
  const fences: number[] = [];
  let deaths = 0;
  let lastSteps = 0;
  for (const [life, step] of [...steps, Number.MAX_SAFE_INTEGER].entries()) {
    if (await hasEnded(database, id)) break;
    const world = diesAtStep(database, step);
    const dying = { database: world.database, gateway: world.calls(gateway, ['send']) };
    const hub = createHub();
    const runner = createRunner({ ...dying, hub, log, replica: `dying-${seed}-${life}`, pollMs: 250, flushMs: 0 });
    if (await world.diesBefore(() => hasEnded(database, id))) deaths++;
    lastSteps = world.steps();
    world.die();
    await runner.close();
    fences.push(await fenceOf(database, id));
    await database.query(
      `UPDATE conversations.responses SET lease_until = now() - interval '1 minute' WHERE id = $1 AND ended_at IS NULL`,
      [id],
    );
  }
  assert.deepEqual(
    fences,
    fences.toSorted((a, b) => a - b),
    `seed ${seed}: fences grow`,
  );
  return { deaths, lastSteps, status: await checkLog(database, { id, conversation }, deaths, `seed ${seed}`) };
}

async function hasEnded(database: Database, id: string): Promise<boolean> {
  const { rows } = await database.query(
    'SELECT 1 FROM conversations.responses WHERE id = $1 AND ended_at IS NOT NULL',
    [id],
  );
  return rows.length > 0;
}

async function fenceOf(database: Database, id: string): Promise<number> {
  const { rows } = await database.query<{ fence: number }>('SELECT fence FROM conversations.responses WHERE id = $1', [
    id,
  ]);
  return rows[0]?.fence ?? -1;
}

async function insertWaitingRun(database: Database, seed: number) {
  const project = `p${seed}`;
  const conversation = newId('conv');
  await database.query(`INSERT INTO conversations.conversations (id, project, metadata) VALUES ($1, $2, '{}')`, [
    conversation,
    project,
  ]);
  const id = newId('resp');
  const request = { model: 'm', input: 'hi', background: true, conversation };
  const response = openResponse(id, request, 1_700_000_000);
  const machine = newMachine({ request, response });
  machine.open();
  await insertRun(
    database,
    'nobody',
    {
      id,
      project,
      keyId: 'key',
      requestId: 'req',
      traceparent: null,
      request,
      input: normalizeInput('hi'),
      response,
      events: machine.take(),
      conversationId: conversation,
      inChat: false,
      retentionDays: 1,
      limits: defaultProjectLimits,
    },
    true,
  );
  return { id, conversation };
}

/**
 * Checks that each event number occurs once, the text is complete, and the conversation got the answer once. @returns
 * the status.
 */
async function checkLog(
  database: Database,
  { id, conversation }: { readonly id: string; readonly conversation: string },
  deaths: number,
  what: string,
): Promise<string> {
  const { rows: log } = await database.query<{ events: string; fence: number }>(
    'SELECT events, fence FROM conversations.response_events WHERE response_id = $1 ORDER BY first_seq',
    [id],
  );
  const events = log.flatMap((row) => row.events.split('\n').map((text) => JSON.parse(text)));
  const numbers = events.map((event) => event.sequence_number);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index),
    `${what}: event numbers`,
  );
  const fences = log.map(({ fence }) => fence);
  assert.deepEqual(
    fences.slice(1),
    fences.slice(1).toSorted((a, b) => a - b),
    `${what}: fences of the log`,
  );
  const { rows } = await database.query<{ status: string; response: { output: { content?: { text: string }[] }[] } }>(
    'SELECT status, response FROM conversations.responses WHERE id = $1',
    [id],
  );
  const { rows: items } = await database.query('SELECT 1 FROM conversations.items WHERE conversation_id = $1', [
    conversation,
  ]);
  const { status, response } = rows[0] ?? { status: 'gone', response: { output: [] } };
  const deltas = events.filter((event) => event.type === 'response.output_text.delta').map(({ delta }) => delta);
  if (status === 'failed') {
    // Two consecutive processes died without progress.
    assert.ok(deaths >= 2, `${what}: refused after ${deaths} deaths`);
    assert.equal(events.at(-2)?.code, 'poisonous_request', what);
    assert.equal(words.join('').startsWith(deltas.join('')), true, `${what}: ${deltas.join('')}`);
    assert.equal(items.length, 0, `${what}: items`);
    return status;
  }
  assert.equal(status, 'completed', what);
  assert.equal(deltas.join(''), words.join(''), `${what}: deltas`);
  assert.equal(response.output[0]?.content?.[0]?.text, words.join(''), `${what}: text`);
  assert.equal(items.length, 2, `${what}: items`);
  return status;
}
