import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { isRunning } from '@kumiki/service/folder';
import { type CliProcess, makeTestFolder, simulatedManifest, startCli, until, untilReady } from '@kumiki/testing';
import { serviceList, type ServiceName } from '../../apps/cli/src/product/service-list.ts';

/** Long enough for a meaningful p99, short enough for every test run. */
const measureMs = 4_000;
/** Pause between two requests of one kind. */
const paceMs = 40;
/** A killed service is back within this time. */
const backMs = 2_000;
/** A sample of the machine's slowness says little of the seconds around it. */
const tolerance = 2;
/** All processes have ended within this time after their parent. Nine end at once, and each writes what it has compiled. */
const leftMs = 3_000;
/** Node's start time on a machine for which the limits hold. On a slower machine the limits grow in proportion. */
const bareStartMs = 50;
/** Tolerance for requests that wait for the CPU on two shared cores. */
const noiseMs = 750;
const limitMs = 60_000;
/** Deaths in a row after which a service is started again no sooner than after half a second. */
const deaths = 3;
/** An answer of some hundred tokens is still written when what was killed is back. */
const slowTokenMs = 40;

interface Service {
  readonly name: string;
  readonly state: string;
  readonly pid: number | null;
  readonly restarts: number;
}

const folder = makeTestFolder();
let up: CliProcess;
let url = '';
let key = '';

before(async () => {
  const manifests = [simulatedManifest('shop'), simulatedManifest('slow', { interTokenLatencyMs: slowTokenMs })];
  up = startCli(folder.home, ['up', '--port', '0', '--json', '-f', folder.write('up.yaml', manifests.join('---\n'))]);
  ({ url, apiKey: key } = await untilReady(up));
  await until('all services are ready', limitMs, async () =>
    (await services()).every(({ state }) => state === 'ready'),
  );
});

after(async () => {
  up.child.kill('SIGTERM');
  await up.ended;
  folder[Symbol.dispose]();
});

async function ask(path: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const reply = await fetch(url + path, {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  await reply.arrayBuffer();
  return reply;
}

async function services(): Promise<readonly Service[]> {
  const reply = await fetch(`${url}/kumiki/status`, { headers: { authorization: `Bearer ${key}` } });
  return ((await reply.json()) as { data_services: Service[] }).data_services;
}

async function service(name: string): Promise<Service> {
  const found = (await services()).find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}

/** null while nobody answers, as while there is no gateway. */
function serviceNow(name: string): Promise<Service | null> {
  return service(name).catch(() => null);
}

/** Requests that each need exactly one service. */
const kinds: Readonly<Record<string, () => Promise<Response>>> = {
  chat: () => ask('/chat/completions', { model: 'shop', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 4 }),
  conversations: () => ask('/conversations', {}),
  search: () => ask('/files?limit=1'),
  accounts: () => ask('/kumiki/session'),
  async console() {
    const reply = await fetch(url.replace(/\/v1$/, '/'), { headers: { accept: 'text/html' } });
    await reply.arrayBuffer();
    return reply;
  },
};

interface Measured {
  readonly p99: number;
  readonly failures: number;
}

/** Sends requests of each kind continuously while something happens. */
async function measure(names: readonly string[], happening: () => Promise<unknown>): Promise<Map<string, Measured>> {
  const begun = performance.now();
  const over = new AbortController();
  const happened = happening();
  const lanes = names.map(async (name): Promise<[string, Measured]> => {
    const times: number[] = [];
    let failures = 0;
    while (!over.signal.aborted) {
      const at = performance.now();
      const reply = await kinds[name]?.();
      if (reply?.ok !== true) failures++;
      times.push(performance.now() - at);
      await new Promise((resolve) => setTimeout(resolve, paceMs));
    }
    times.sort((a, b) => a - b);
    return [name, { p99: times[Math.floor(times.length * 0.99)] ?? 0, failures }];
  });
  await happened;
  const rest = names.length === 0 ? 0 : Math.max(0, measureMs - (performance.now() - begun));
  await new Promise((resolve) => setTimeout(resolve, rest));
  over.abort();
  return new Map(await Promise.all(lanes));
}

/** How many times slower this machine currently is than an idle one. */
async function slowness(): Promise<number> {
  const at = performance.now();
  await promisify(execFile)(process.execPath, ['--eval', '']);
  return Math.max(1, (performance.now() - at) / bareStartMs);
}

/** Only requests that need the service may be affected. */
function compare(during: ReadonlyMap<string, Measured>, quiet: ReadonlyMap<string, Measured>): void {
  for (const [name, { p99, failures }] of during) {
    assert.equal(failures, 0, name);
    const allowed = 3 * (quiet.get(name)?.p99 ?? 0) + noiseMs;
    assert.ok(p99 < allowed, `${name}: ${p99.toFixed(0)} ms, and ${allowed.toFixed(0)} ms were allowed`);
  }
}

/** For each service, the kinds of requests that do not need it. Every entry of the list of services is here. */
const unharmed: Readonly<Record<ServiceName, readonly string[]>> = {
  gateway: [],
  accounts: ['chat', 'conversations', 'search', 'console'],
  console: ['chat', 'conversations', 'search', 'accounts'],
  conversations: ['chat', 'search'],
  search: ['chat', 'conversations'],
  database: ['chat'],
};

test('every service of the list is tried here', () => {
  assert.deepEqual(Object.keys(unharmed).toSorted(), serviceList.map(({ name }) => name).toSorted());
});

for (const [name, others] of Object.entries(unharmed)) {
  test(`a killed process of ${name} is back soon, and other requests are not affected`, async (context) => {
    const quiet = await measure(others, async () => {});
    const { pid, restarts } = await service(name);
    assert.ok(pid !== null);
    let backAfter = Number.POSITIVE_INFINITY;
    let slower = await slowness();
    const during = await measure(others, async () => {
      const killedAt = performance.now();
      process.kill(pid, 'SIGKILL');
      await until(`${name} is back`, limitMs, async () => {
        const now = await serviceNow(name);
        assert.ok(now?.state !== 'failed' || now.pid === null, 'what is being started has not failed');
        return now?.state === 'ready' && now.restarts === restarts + 1 && now.pid !== pid;
      });
      backAfter = performance.now() - killedAt;
      slower = Math.max(slower, await slowness());
    });
    compare(during, quiet);
    context.diagnostic(`back after ${backAfter.toFixed(0)} ms on a machine ${slower.toFixed(1)} times slower`);
    assert.ok(
      backAfter < backMs * slower * tolerance,
      `${backAfter.toFixed(0)} ms on a machine ${slower.toFixed(1)} times slower`,
    );
    const own = kinds[name] ?? kinds['conversations'];
    await until(`${name} serves again`, limitMs, async () => (await own?.().catch(() => null))?.ok === true);
  });

  test(`a hung process of ${name} is replaced, and other requests are not affected`, async () => {
    const quiet = await measure(others, async () => {});
    const { pid } = await service(name);
    assert.ok(pid !== null);
    const during = await measure(others, async () => {
      process.kill(pid, 'SIGSTOP');
      await until(`${name} is replaced`, limitMs, async () => {
        const now = await serviceNow(name);
        return now?.state === 'ready' && now.pid !== pid;
      });
    });
    compare(during, quiet);
    assert.ok(!isRunning({ pid, startedAt: null }));
  });
}

test('while accounts are away nobody notices but who wants a key, who is told to come again; then there is one', async () => {
  const restarts = (await service('accounts')).restarts;
  const refusals: string[] = [];
  // Each death in a row makes the wait before the next start longer, so that somebody asks in between.
  await until('it has died often enough, and a key was refused', limitMs, async () => {
    const now = await service('accounts');
    if (now.restarts < restarts + deaths && now.pid !== null) process.kill(now.pid, 'SIGKILL');
    const reply = await makeKey();
    if (reply.status === 503) refusals.push(((await reply.json()) as { error: { code: string } }).error.code);
    assert.equal((await kinds['chat']?.())?.status, 200);
    return now.restarts >= restarts + deaths && refusals.length > 0;
  });
  assert.deepEqual([...new Set(refusals)], ['service_unavailable']);
  let made = '';
  await until('a key is made', limitMs, async () => {
    const reply = await makeKey();
    if (reply.status === 201) made = ((await reply.json()) as { value: string }).value;
    return made !== '';
  });
  const reply = await fetch(`${url}/models`, { headers: { authorization: `Bearer ${made}` } });
  assert.equal(reply.status, 200, 'it counts at once');
});

function makeKey(): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return fetch(`${url}/kumiki/keys`, { method: 'POST', headers, body: JSON.stringify({ name: 'made' }) });
}

interface StoredResponse {
  readonly id: string;
  readonly status: string;
  readonly output: readonly { readonly content: readonly { readonly text: string }[] }[];
}

/** A response in the background, as it is once it has ended. */
async function backgroundResponse(happening: () => Promise<unknown>): Promise<StoredResponse> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ model: 'slow', input: 'Hi', background: true });
  const asked = await fetch(`${url}/responses`, { method: 'POST', headers, body });
  let response = (await asked.json()) as StoredResponse;
  await happening();
  await until('the response has ended', limitMs, async () => {
    const reply = await fetch(`${url}/responses/${response.id}`, { headers });
    response = (await reply.json()) as StoredResponse;
    return response.status !== 'in_progress' && response.status !== 'queued';
  });
  return response;
}

test('a gateway that is killed takes nothing along but its connections, and is back on its port for those who try again', async () => {
  const before = await services();
  const killed = before.find(({ name }) => name === 'gateway')?.pid ?? null;
  assert.ok(killed !== null);
  let backAfter = Number.POSITIVE_INFINITY;
  const response = await backgroundResponse(async () => {
    const killedAt = performance.now();
    process.kill(killed, 'SIGKILL');
    await until('a request is served', limitMs, async () => (await kinds['chat']?.().catch(() => null))?.ok === true);
    backAfter = performance.now() - killedAt;
  });
  const slower = await slowness();
  assert.ok(backAfter < backMs * slower, `${backAfter.toFixed(0)} ms on a machine ${slower.toFixed(1)} times slower`);
  assert.equal(response.status, 'completed');
  // The streamed events add up to the final response: nothing is missing or duplicated.
  const told = await fetch(`${url}/responses/${response.id}?stream=true`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const deltas = [...(await told.text()).matchAll(/^data: (.*"type":"response\.output_text\.delta".*)$/gm)]
    .map(([, data = '']) => (JSON.parse(data) as { delta: string }).delta)
    .join('');
  assert.ok(deltas.length > 0);
  assert.deepEqual(
    response.output.flatMap(({ content }) => content).map(({ text }) => text),
    [deltas],
  );
  const alive = (list: readonly Service[]) => list.filter(({ name }) => name !== 'gateway').map(({ pid }) => pid);
  assert.deepEqual(alive(await services()), alive(before), 'nothing else was started again');
});

test('when the process that started them is killed, no service and no worker is left', async () => {
  const own = makeTestFolder();
  const other = startCli(own.home, [
    'up',
    '--port',
    '0',
    '--json',
    '-f',
    own.write('up.yaml', simulatedManifest('shop')),
  ]);
  const ready = await untilReady(other);
  const status = async () => {
    const headers = { authorization: `Bearer ${ready.apiKey}` };
    const reply = await fetch(`${ready.url}/kumiki/status`, { headers });
    return (await reply.json()) as {
      data_services: Service[];
      services: { replicas: { pid: number | null }[] }[];
    };
  };
  await until('all services are ready', limitMs, async () =>
    (await status()).data_services.every(({ state }) => state === 'ready'),
  );
  const { data_services: started, services: models } = await status();
  const pids = [...started, ...models.flatMap(({ replicas }) => replicas)].map(({ pid }) => pid ?? 0);
  assert.ok(pids.length >= 4 && !pids.includes(0), pids.join(' '));
  other.child.kill('SIGKILL');
  await until('all have ended', leftMs * (await slowness()), async () =>
    pids.every((pid) => !isRunning({ pid, startedAt: null })),
  );
  await other.ended;
  own[Symbol.dispose]();
});
