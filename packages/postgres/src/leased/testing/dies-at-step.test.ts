import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '../../database.ts';
import { openDatabase } from '../../open-database.ts';
import { diesAtStep } from './dies-at-step.ts';

let database: Database;
before(async () => {
  database = openDatabase({ folder: null });
  await database.query('CREATE TABLE marks (name text PRIMARY KEY)');
});
after(() => database.close());

/** A statement, a transaction of two, and a call: 1 + 3 + 2 steps. */
async function live(world: ReturnType<typeof diesAtStep>, effects: string[]): Promise<void> {
  const { send } = world.calls({ send: async () => void effects.push('sent') }, ['send']) as {
    send(request: { signal: AbortSignal }): Promise<void>;
  };
  await world.database.query("INSERT INTO marks VALUES ('a')");
  await world.database.transaction(async (transaction) => {
    await transaction.query("INSERT INTO marks VALUES ('b')");
    await transaction.query("INSERT INTO marks VALUES ('c')");
  });
  await send({ signal: AbortSignal.timeout(1) });
  effects.push('heard');
}

test('what was done before the step of death stays, and nothing after it has an effect', async () => {
  const expected = [
    [],
    ['a'],
    ['a'],
    ['a'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c', 'sent'],
    ['a', 'b', 'c', 'heard', 'sent'],
  ];
  for (const [step, outcome] of expected.entries()) {
    await database.query('DELETE FROM marks');
    const world = diesAtStep(database, step);
    const effects: string[] = [];
    const lived = live(world, effects);
    if (step < expected.length - 1) {
      await assert.rejects(lived, /dead/);
      await world.dead;
    } else await lived;
    const { rows } = await database.query<{ name: string }>('SELECT name FROM marks');
    assert.deepEqual([...rows.map(({ name }) => name), ...effects].toSorted(), outcome, `step ${step}`);
    assert.equal(world.steps(), step);
  }
});

test('a process can be ended from outside, and its refusals while it lives are its own', async () => {
  const world = diesAtStep(database, Number.MAX_SAFE_INTEGER);
  const refusing = world.calls({ send: async () => Promise.reject(new Error('no')) }, ['send']) as {
    send(request: object): Promise<void>;
  };
  await assert.rejects(refusing.send({}), /^Error: no$/);
  world.die();
  await world.dead;
  await assert.rejects(world.database.query('SELECT 1'), /dead/);
  await assert.rejects(refusing.send({}), /dead/);
});
