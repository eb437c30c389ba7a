import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';

/** A service that always has lines in its log that are not written yet. */
const script = `
  const { createLog } = await import(${JSON.stringify(new URL('./log.ts', import.meta.url).href)});
  const { runService } = await import(${JSON.stringify(new URL('./run-service.ts', import.meta.url).href)});
  const log = createLog({ service: 'test', buffered: true });
  setInterval(() => log.info('again'), 1);
  const stop = async () => {};
  await runService('test', (status) => process.exit(status), async () => {
    return { log, port: null, ops: null, drainMs: 1_000, drain: stop, close: stop };
  });`;

test('a service ends with its parent, which was also the reader of its log', { timeout: 60_000 }, async (context) => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  context.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const [message] = (await once(child, 'message')) as [{ type: string }];
  assert.equal(message.type, 'listening');
  child.stderr?.destroy();
  child.disconnect();
  await exited;
});
