import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { watchPace } from './watch-pace.ts';

const forever = new Promise<never>(() => {});

async function drain(source: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const piece of source) bytes += piece.length;
  return bytes;
}

test('an upload that stops sending is ended', async () => {
  async function* silent() {
    yield new Uint8Array(10);
    await forever;
  }
  const pace = { silenceMs: 30, graceMs: 10_000, leastBytesPerSecond: 1 };
  await assert.rejects(drain(watchPace(silent(), pace)), { code: 'request_timeout' });
});

test('one that trickles is ended when its grace is over, and one that is fast comes through whole', async () => {
  async function* trickle() {
    for (;;) {
      yield new Uint8Array(1);
      await wait(5);
    }
  }
  const pace = { silenceMs: 10_000, graceMs: 50, leastBytesPerSecond: 10_000 };
  await assert.rejects(drain(watchPace(trickle(), pace)), { code: 'request_timeout' });
  async function* fast() {
    for (let piece = 0; piece < 100; piece++) yield new Uint8Array(10_000);
  }
  assert.equal(await drain(watchPace(fast(), pace)), 1_000_000);
});
