import assert from 'node:assert/strict';
import type { Database } from '@kumiki/postgres';
import { readBatch } from '../rows/batch-store.ts';
import { chatLine, createStandInGateway } from './stand-in-gateway.ts';
import { createTestBatch, dyingReplica, hasEnded, resultLines, startTestRunner } from './test-batches.ts';

/** A batch of a few lines whose drivers die one after the other, each at a given step, until one survives. */

const names = ['a', 'b', 'c', 'refused'];

export interface BatchSteps {
  /** Drivers that died. */
  readonly deaths: number;
  /** Steps that the last driver made. */
  readonly lastSteps: number;
  readonly status: string;
}

/** Runs one batch through deaths at the given steps, and checks that no line is lost, answered twice or run again. */
export async function batchThroughDeaths(
  database: Database,
  seed: number,
  steps: readonly number[],
): Promise<BatchSteps> {
  const project = `p${seed}`;
  const gateway = createStandInGateway();
  const { answer } = gateway;
  const { id } = await createTestBatch(
    database,
    gateway,
    names.map((name) => chatLine(name)),
    project,
  );
  const rerun: string[] = [];
  gateway.answer = async (body, call) => {
    const name = (body['messages'] as { content: string }[])[0]?.content ?? '';
    const { rows } = await database.query(
      'SELECT 1 FROM conversations.batch_lines WHERE batch_id = $1 AND custom_id = $2 AND result IS NOT NULL',
      [id, name],
    );
    if (rows.length > 0) rerun.push(name);
    return name === 'refused' ? { status: 400, body: {} } : answer(body, call);
  };
  const fences: number[] = [];
  let deaths = 0;
  let lastSteps = 0;
  for (const step of [...steps, Number.MAX_SAFE_INTEGER]) {
    const world = dyingReplica({ database, gateway }, step);
    const runner = startTestRunner({ ...world, replica: `seed-${seed}-${fences.length}`, pollMs: 250 });
    const died = await world.diesBefore(async () => hasEnded(await readBatch(database, project, id)));
    if (died) deaths++;
    lastSteps = world.steps();
    world.die();
    await runner.close();
    const { rows } = await database.query<{ fence: number }>('SELECT fence FROM conversations.batches WHERE id = $1', [
      id,
    ]);
    fences.push(rows[0]?.fence ?? -1);
    await database.query('UPDATE conversations.batches SET lease_until = NULL WHERE id = $1', [id]);
    if (!died) break;
  }
  const what = `seed ${seed}`;
  assert.deepEqual(
    fences,
    fences.toSorted((a, b) => a - b),
    `${what}: fences grow`,
  );
  assert.deepEqual(rerun, [], `${what}: lines that were run again`);
  const batch = await readBatch(database, project, id);
  if (batch.status === 'failed') {
    assert.deepEqual([batch.errors?.[0]?.code, deaths >= 2], ['poisonous_request', true], what);
    return { deaths, lastSteps, status: batch.status };
  }
  assert.equal(batch.status, 'completed', what);
  const output = resultLines(gateway, batch.output_file_id);
  const errors = resultLines(gateway, batch.error_file_id);
  assert.deepEqual([...output, ...errors].map((line) => line.custom_id).toSorted(), names, `${what}: lines`);
  for (const { custom_id: name, error } of errors) {
    if (name !== 'refused' || error !== null)
      assert.deepEqual([error?.code, deaths >= 2], ['poisonous_request', true], what);
  }
  assert.deepEqual([batch.completed, batch.failed], [output.length, errors.length], `${what}: counts`);
  assert.equal(batch.input_tokens, output.length * 3, `${what}: tokens`);
  return { deaths, lastSteps, status: batch.status };
}
