import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { canPin } from '../../bench/gateway/child-process.ts';
import { bareName, gatewayName, measureProxies } from '../../bench/gateway/measure-proxies.ts';

/**
 * Highest ratio of the gateway's CPU to a bare proxy's in the same run. `npm run bench gateway` measures it precisely;
 * this bound is beyond any noise.
 */
const mostTimes = { request: 2, chunk: 2 } as const;

test('the gateway takes little more CPU for a request and for a chunk than a proxy that does nothing', async (context) => {
  if (!canPin) return context.skip('processes cannot be bound to cores here');
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-budget-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const rows = await measureProxies({ folder, rounds: 2, share: 0.4, withNginx: false });
  const bare = rows.find(({ proxy }) => proxy === bareName);
  const gateway = rows.find(({ proxy }) => proxy === gatewayName);
  assert.ok(bare !== undefined && gateway !== undefined);
  const request = gateway.cpuSecondsPerThousandRequests / bare.cpuSecondsPerThousandRequests;
  const chunk = gateway.cpuMicrosPerChunk / bare.cpuMicrosPerChunk;
  context.diagnostic(`${request.toFixed(2)} times for a request, ${chunk.toFixed(2)} times for a chunk`);
  assert.ok(request <= mostTimes.request, `${request.toFixed(2)} times the CPU of the bare proxy for a request`);
  assert.ok(chunk <= mostTimes.chunk, `${chunk.toFixed(2)} times the CPU of the bare proxy for a chunk`);
});
