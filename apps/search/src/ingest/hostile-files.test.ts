import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runUnits, until } from '@kumiki/testing';
import { watchStretches } from '../testing/busy-stretch.ts';
import { startTestSearch, type TestSearch } from '../testing/test-search.ts';

/** No file may delay other requests, whatever its content: the thread that serves requests never parses one. */

const patienceMs = 300_000;
/**
 * Far above what the service needs and far below what parsing one file takes. Measured as CPU time, which other
 * processes do not affect.
 */
const stretchLimitMs = 250;

let service: TestSearch;
before(async () => {
  service = await startTestSearch();
});
after(() => service[Symbol.asyncDispose]());

/** Adds files to a new store and requests lists until all have ended; resolves with the store. */
async function ingestAll(files: ReadonlyMap<string, string>): Promise<string> {
  const { body } = await service.call('POST', '/v1/vector_stores', { body: {} });
  const ids: string[] = [];
  for (const [name, content] of files) ids.push(await service.upload(name, content));
  const stretches = watchStretches();
  await service.call('POST', `/v1/vector_stores/${body.id}/file_batches`, { body: { file_ids: ids } });
  await until('every file has ended', patienceMs, async () => {
    assert.equal((await service.call('GET', '/v1/files?limit=1')).status, 200);
    const { body: store } = await service.call('GET', `/v1/vector_stores/${body.id}`);
    return store.file_counts.in_progress === 0;
  });
  const longestMs = stretches.stop();
  assert.ok(longestMs < stretchLimitMs, `the thread computed for ${longestMs} ms without a break`);
  return body.id as string;
}

test('255 KiB of dots are ingested while everybody else is answered', async () => {
  const store = await ingestAll(new Map([['dots.txt', '.'.repeat(255 * 1_024)]]));
  const { body } = await service.call('GET', `/v1/vector_stores/${store}`);
  assert.equal(body.file_counts.completed, 1);
});

test('a run of any character ends, as text, as Markdown and as code', async () => {
  const files = new Map<string, string>();
  for (const [index, unit] of runUnits.entries()) {
    const ending = ['txt', 'md', 'py'][index % 3] ?? 'txt';
    files.set(`${index}.${ending}`, unit.repeat(Math.ceil(24_000 / unit.length)));
  }
  await ingestAll(files);
});
