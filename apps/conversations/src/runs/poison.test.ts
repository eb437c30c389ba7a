import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import { type DyingWorld, diesAtStep } from '@kumiki/postgres/testing';
import type { GatewayClient } from '@kumiki/service';
import type { Conversations } from '../start-conversations.ts';
import { createTestModel } from '../testing/test-model.ts';
import { ask, openTestDatabase, startTestService, untilTrue } from '../testing/test-service.ts';

/** A run that kills every process that works on it. */

const model = createTestModel();
let database: Database;
before(async () => {
  database = await openTestDatabase();
});
after(async () => {
  await closeVictims();
  await database.close();
});

const victims: Conversations[] = [];
const deadly = 'this ends the process';

async function closeVictims(): Promise<void> {
  await Promise.all(victims.splice(0).map((victim) => victim.close()));
}

type DyingProcess = Pick<DyingWorld, 'database' | 'dead'> & { readonly gateway: GatewayClient };

/** The world of a process that dies when it sends the model a certain request. */
function createDyingProcess(): DyingProcess {
  const world = diesAtStep(database, Number.MAX_SAFE_INTEGER);
  const send: GatewayClient['send'] = (call) => {
    if (JSON.stringify(call.body).includes(deadly)) world.die();
    return model.send(call);
  };
  return { database: world.database, dead: world.dead, gateway: world.calls({ ...model, send }, ['send']) };
}

async function begin(service: Conversations, input: string): Promise<string> {
  const reply = await ask(service, '/v1/responses', { body: { model: 'm', input, background: true } });
  return ((await reply.json()) as { id: string }).id;
}

interface Row {
  readonly status: string;
  readonly claims: number;
  readonly fence: number;
}

async function read(id: string): Promise<Row> {
  const { rows } = await database.query<Row>(
    'SELECT status, claims, fence FROM conversations.responses WHERE id = $1',
    [id],
  );
  return rows[0] ?? { status: 'gone', claims: 0, fence: 0 };
}

/** Expires the leases of a dead process. */
async function expireLeases(): Promise<void> {
  await database.query(
    `UPDATE conversations.responses SET lease_until = now() - interval '1 minute' WHERE ended_at IS NULL`,
  );
}

test('a run that ends its process twice is refused, with what it holds; those beside it are answered', async () => {
  const start = async (world: DyingProcess): Promise<Conversations> => {
    const service = await startTestService(world.database, world.gateway, `victim-${victims.length}`);
    victims.push(service);
    return service;
  };
  const held = Promise.withResolvers<void>();
  model.onChat = () => held.promise;
  const first = createDyingProcess();
  const one = await start(first);
  const beside = [await begin(one, 'a'), await begin(one, 'b'), await begin(one, 'c')];
  // The reply may be lost with the process.
  const begun = begin(one, deadly).catch(() => {});
  await first.dead;
  await begun;
  const { rows } = await database.query<{ id: string }>(
    `SELECT id FROM conversations.responses WHERE input::text LIKE '%${deadly}%'`,
  );
  const poison = rows[0]?.id ?? '';
  held.resolve();
  await expireLeases();
  const second = createDyingProcess();
  await start(second);
  await second.dead;
  const { claims, fence } = await read(poison);
  assert.deepEqual([claims, fence], [2, 2]);
  await expireLeases();
  const third = createDyingProcess();
  const last = await start(third);
  await untilTrue('it is refused', async () => (await read(poison)).status === 'failed');
  const reply = await ask(last, `/v1/responses/${poison}`);
  const { error, output } = (await reply.json()) as { error: { code: string; message: string }; output: unknown[] };
  assert.equal(error.code, 'poisonous_request');
  assert.match(
    error.message,
    /This response ended or stopped the process that worked on it 2 times .* bytes in 1 items/,
  );
  assert.deepEqual(output, []);
  const events = await (await ask(last, `/v1/responses/${poison}?stream=true`)).text();
  const numbers = [...events.matchAll(/"sequence_number":(\d+)/g)].map(([, number]) => Number(number));
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index),
  );
  assert.match(events, /response\.failed.*\n\ndata: \[DONE\]\n\n$/s);
  for (const id of beside) {
    await untilTrue('the others are answered', async () => (await read(id)).status === 'completed');
  }
  await closeVictims();
});

test('a replica that is shut down again and again makes no run suspicious', async () => {
  const held = Promise.withResolvers<void>();
  model.onChat = () => held.promise;
  let service = await startTestService(database, model, 'restarted');
  const id = await begin(service, 'patience');
  for (let restart = 0; restart < 4; restart++) {
    await untilTrue('it is driven', async () => {
      const { rows } = await database.query<{ driven: boolean }>(
        'SELECT lease_until > now() AND claims = 1 AS driven FROM conversations.responses WHERE id = $1',
        [id],
      );
      return rows[0]?.driven === true;
    });
    await service.drain(0);
    await service.close();
    assert.equal((await read(id)).claims, 0);
    service = await startTestService(database, model, 'restarted');
  }
  held.resolve();
  await untilTrue('it is answered', async () => (await read(id)).status === 'completed');
  await service.close();
});
