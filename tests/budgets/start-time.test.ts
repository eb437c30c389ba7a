import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startToFirstToken } from '../../bench/product/start-to-first-token.ts';

/**
 * Highest ratio of a warm start to the first token to the start of an empty Node process. About 75 on an idle machine;
 * more when two dozen processes and threads share two cores with other tests.
 */
const mostTimes = 300;

/** Seconds of an empty Node process from start to end: the minimum of several, since noise only adds. */
function emptyStart(): number {
  const seconds = Array.from({ length: 5 }, () => {
    const startedAt = performance.now();
    spawnSync(process.execPath, ['-e', '']);
    return (performance.now() - startedAt) / 1_000;
  });
  return Math.min(...seconds);
}

test('kumiki up gives a token soon after its start', async (context) => {
  const home = mkdtempSync(join(tmpdir(), 'kumiki-budget-'));
  context.after(() => rmSync(home, { recursive: true, force: true }));
  await (await startToFirstToken(home)).stop();
  const warm = await startToFirstToken(home);
  await warm.stop();
  const times = warm.seconds / emptyStart();
  context.diagnostic(`${warm.seconds.toFixed(1)} s, ${times.toFixed(0)} empty starts`);
  assert.ok(times <= mostTimes, `${warm.seconds.toFixed(1)} s are ${times.toFixed(0)} starts of an empty process`);
});
