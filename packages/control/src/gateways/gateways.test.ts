import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { observedPaths, type ObservedRequests, type RequestRecord, requestQuerySchema } from '@kumiki/api';
import { fakeRecord } from '../testing/fake-gateway.ts';
import type { GatewayPlace } from './ask-gateway.ts';
import { openGateways } from './gateways.ts';

interface StandIn {
  readonly place: GatewayPlace;
  readonly records: RequestRecord[];
  readonly streams: Set<ServerResponse>;
}

/** Implements a gateway's listener for observations. With `hangs` it accepts requests and never answers. */
async function startStandIn(context: TestContext, name: string, hangs = false): Promise<StandIn> {
  const records: RequestRecord[] = [];
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (hangs) return;
    const url = new URL(request.url ?? '', 'http://x');
    const asked = url.searchParams;
    if (request.headers.authorization !== 'Bearer secret') return void response.writeHead(401).end();
    if (url.pathname === observedPaths.live) {
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return void response.writeHead(200).write(': ping\n\n');
    }
    const answers: Record<string, () => unknown> = {
      [observedPaths.requests]: () => select(records, asked),
      [observedPaths.sessions]: () => ({ data: [{ id: 's', last_used_at: name === 'a' ? 5 : 9 }] }),
      [observedPaths.load]: () => ({ open_requests: 2, load: { ...load, endpoints: [{ ...speed, id: 'shop-0' }] } }),
    };
    response.end(JSON.stringify(answers[url.pathname]?.() ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { place: { name, url: `http://127.0.0.1:${port}`, token: 'secret' }, records, streams };
}

const speed = {
  tokens_per_second: 3,
  ttft_ms: { weight: 1, values: Array.from({ length: 20 }, () => 8) },
  itl_ms: null,
};
const load = { ...speed, requests_per_second: 1, errors_per_second: 0 };

function select(records: readonly RequestRecord[], asked: URLSearchParams): ObservedRequests {
  const before = Number(asked.get('before_at') ?? Infinity);
  const found = records
    .filter(({ id }) => asked.get('id') === null || id === asked.get('id'))
    .filter((record) => asked.get('trace_id') === null || record.trace_id === asked.get('trace_id'))
    .filter(
      (record) =>
        record.started_at < before || (record.started_at === before && record.id < (asked.get('before_id') ?? '')),
    )
    .toSorted((a, b) => b.started_at - a.started_at || (a.id < b.id ? 1 : -1));
  const limit = Number(asked.get('limit'));
  return { data: found.slice(0, limit), has_more: found.length > limit };
}

function open(context: TestContext, standIns: readonly StandIn[]) {
  const gateways = openGateways(() => standIns.map(({ place }) => place));
  context.after(() => gateways.stop());
  return gateways;
}

test('pages over several gateways hold every record once, newest first, whichever gateway a page ended in', async (context) => {
  const [a, b] = [await startStandIn(context, 'a'), await startStandIn(context, 'b')];
  for (let at = 0; at < 20; at++)
    (at % 3 === 0 ? a : b).records.push(fakeRecord({ id: `r${at}`, started_at: at >> 1 }));
  const gateways = open(context, [a, b]);
  const seen: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await gateways.list(requestQuerySchema.parse({ limit: 3, ...(after === undefined ? {} : { after }) }));
    assert.deepEqual(page.missing_gateways, []);
    seen.push(...page.data.map(({ id }) => id));
    if (!page.has_more) break;
    after = page.last_id;
  }
  const all = [...a.records, ...b.records].toSorted((x, y) => y.started_at - x.started_at || (x.id < y.id ? 1 : -1));
  assert.deepEqual(
    seen,
    all.map(({ id }) => id),
  );
  assert.deepEqual((await gateways.list(requestQuerySchema.parse({ after: 'forgotten' }))).data, []);
});

test('a trace is put together from all gateways that it passed', async (context) => {
  const [a, b] = [await startStandIn(context, 'a'), await startStandIn(context, 'b')];
  a.records.push(fakeRecord({ id: 'inner', started_at: 2 }), fakeRecord({ id: 'other', trace_id: 'x' }));
  b.records.push(fakeRecord({ id: 'outer', started_at: 1 }));
  const found = await open(context, [a, b]).find('inner');
  assert.deepEqual(
    found?.trace.map(({ id }) => id),
    ['outer', 'inner'],
  );
  assert.equal(await open(context, [a, b]).find('nobody'), null);
});

test('a gateway that hangs and one that is gone are named in time, and the others are told', async (context) => {
  const [a, hanging, gone] = [
    await startStandIn(context, 'a'),
    await startStandIn(context, 'hanging', true),
    { place: { name: 'gone', url: 'http://127.0.0.1:1', token: 'secret' }, records: [], streams: new Set<never>() },
  ];
  const wrong = { ...a, place: { ...a.place, name: 'wrong', token: 'other' } };
  a.records.push(fakeRecord({ id: 'one' }));
  const gateways = open(context, [a, hanging, gone, wrong]);
  const page = await gateways.list(requestQuerySchema.parse({}));
  assert.deepEqual(
    page.data.map(({ id }) => id),
    ['one'],
  );
  assert.deepEqual(page.missing_gateways, [
    { gateway: 'hanging', reason: 'it did not answer within 2000 ms' },
    { gateway: 'gone', reason: 'it cannot be reached' },
    { gateway: 'wrong', reason: 'it answers with status 401' },
  ]);
});

test('load is summed, a session was used when the last gateway saw it', { timeout: 30_000 }, async (context) => {
  const gateways = open(context, [await startStandIn(context, 'a'), await startStandIn(context, 'b')]);
  while (gateways.load().openRequests === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const { openRequests, all, endpoints, missing } = gateways.load();
  assert.deepEqual([openRequests, all.tokensPerSecond, all.ttftMs, missing.length], [4, 6, { p50: 8, p95: 8 }, 0]);
  assert.equal(endpoints.get('shop-0')?.tokensPerSecond, 6);
  assert.deepEqual([...(await gateways.sessionsLastUsed()).usedAt], [['s', 9]]);
});

test(
  'gateways are followed while somebody listens, also one that was cut off',
  { timeout: 30_000 },
  async (context) => {
    const a = await startStandIn(context, 'a');
    const gateways = open(context, [a]);
    const seen: string[] = [];
    const leave = gateways.subscribe(({ id }) => seen.push(id));
    const until = async (condition: () => boolean): Promise<void> => {
      while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const tell = (id: string): void => {
      for (const stream of a.streams) stream.write(`data: ${JSON.stringify(fakeRecord({ id }))}\n\n`);
    };
    await until(() => a.streams.size === 1);
    tell('first');
    await until(() => seen.includes('first'));
    for (const stream of a.streams) stream.destroy();
    await until(() => a.streams.size === 0);
    await until(() => a.streams.size === 1);
    tell('second');
    await until(() => seen.includes('second'));
    leave();
    await until(() => a.streams.size === 0);
  },
);
