import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { EgressEntry, Endpoint, RouteTable } from '@kumiki/api';
import { chatFrame, beginStream, doneFrame, type Script, startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const ask = { model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true };

const answers: Script = (_, response) => {
  beginStream(response);
  response.write(chatFrame('hello', { role: true }));
  response.end(chatFrame('', { finish: 'stop' }) + doneFrame);
};

/** Closes each connection, so that every request opens a new one. */
const answersOnce: Script = (body, response, nth) => {
  response.setHeader('connection', 'close');
  answers(body, response, nth);
};

interface Outside {
  readonly port: number;
  readonly endpoint: Endpoint;
  received(): number;
}

async function startOutside(context: TestContext, script: Script, host?: string): Promise<Outside> {
  const upstream = await startScriptedUpstream('outside', script, { egress: 'outside', continuation: 'none' });
  context.after(() => upstream.close());
  const port = Number(new URL(upstream.endpoint.url).port);
  const url = host === undefined ? upstream.endpoint.url : `http://${host}:${port}`;
  return { port, endpoint: { ...upstream.endpoint, url }, received: () => upstream.received.length };
}

function allow(...rules: string[]): EgressEntry[] {
  return rules.map((rule) => ({ rule, by: 'operator' }));
}

interface Replier {
  readonly gateway: TestGateway;
  /** Puts an endpoint and an egress list into the routes. */
  route(endpoint: Endpoint, entries: readonly EgressEntry[]): void;
  /** The status and the body of one chat. */
  chat(): Promise<{ status: number; text: string }>;
}

async function startReplier(
  context: TestContext,
  resolve?: (host: string) => Promise<readonly string[]>,
): Promise<Replier> {
  const gateway = await startTestGateway(context, [], resolve === undefined ? {} : { resolve });
  return {
    gateway,
    route(endpoint, entries) {
      const table: RouteTable = gateway.table([endpoint]);
      gateway.gateway.replaceRoutes({ ...table, egress: { mode: 'public', allow: entries, own: [] } });
    },
    async chat() {
      const reply = await gateway.chat(ask);
      return { status: reply.status, text: await reply.text() };
    },
  };
}

const refusal = /the egress policy of this installation does not let it be reached/;

test('a server on this machine is dialled when it is listed, and never before or after', async (context) => {
  const outside = await startOutside(context, answers);
  const replier = await startReplier(context);
  replier.route(outside.endpoint, []);
  const refused = await replier.chat();
  assert.equal(refused.status, 502);
  assert.match(refused.text, refusal);
  assert.ok(!refused.text.includes(String(outside.port)), 'nothing is told of where it is');
  replier.route({ ...outside.endpoint, id: 'again' }, allow(`127.0.0.1:${outside.port}`));
  assert.equal((await replier.chat()).status, 200);
  // The connection is kept alive, but the entry that allowed it has been removed.
  replier.route({ ...outside.endpoint, id: 'third' }, []);
  assert.equal((await replier.chat()).status, 502);
  assert.equal(outside.received(), 1);
});

test('a name is resolved once for each connection, which goes to the very address that was checked', async (context) => {
  const outside = await startOutside(context, answersOnce, 'model.test');
  const asked: string[] = [];
  const replier = await startReplier(context, async (host) => {
    asked.push(host);
    return ['127.0.0.1'];
  });
  replier.route(outside.endpoint, allow('model.test'));
  for (let count = 1; count <= 3; count++) {
    assert.equal((await replier.chat()).status, 200);
    assert.deepEqual([asked.length, outside.received()], [count, count]);
  }
  assert.deepEqual(new Set(asked), new Set(['model.test']));
});

test('a name that leads elsewhere at its second resolution is refused there', async (context) => {
  const target = await startOutside(context, answersOnce, 'model.test');
  let dialled = 0;
  for (const [at, answer] of [
    ['169.254.169.254'],
    ['127.0.0.1', '169.254.169.254'],
    ['::ffff:169.254.169.254'],
    ['64:ff9b::a9fe:a9fe'],
    ['not an address'],
    ['fe80::1%eth0'],
  ].entries()) {
    let resolutions = 0;
    const replier = await startReplier(context, async () => (++resolutions === 1 ? ['127.0.0.1'] : answer));
    replier.route(target.endpoint, allow('model.test'));
    assert.equal((await replier.chat()).status, 200);
    dialled++;
    const rebound = await replier.chat();
    assert.equal(rebound.status, 502, String(at));
    assert.match(rebound.text, refusal, answer.join());
    assert.equal(target.received(), dialled, 'and the address that was good is not dialled either');
  }
});

test('a name nobody listed is refused by the address that it leads to, whatever it is called', async (context) => {
  for (const host of ['localhost', 'localhost.', 'model.localhost', 'metadata.google.internal', 'x.nip.test']) {
    const outside = await startOutside(context, answers, host);
    const replier = await startReplier(context, async () => ['127.0.0.1']);
    replier.route(outside.endpoint, []);
    assert.match((await replier.chat()).text, refusal, host);
    assert.equal(outside.received(), 0);
  }
});

test('the gateway is not made to call itself or what it runs, by any listed range', async (context) => {
  const worker = await startScriptedUpstream('worker', answers);
  context.after(() => worker.close());
  const replier = await startReplier(context, async () => ['127.0.0.1']);
  const ports = [new URL(replier.gateway.origin).port, new URL(worker.endpoint.url).port];
  for (const port of ports) {
    for (const host of ['127.0.0.1', '127.0.0.2', '0.0.0.0', 'self.test']) {
      const endpoint: Endpoint = {
        ...worker.endpoint,
        id: `${host}:${port}`,
        egress: 'outside',
        url: `http://${host}:${port}`,
      };
      const table = replier.gateway.table([endpoint]);
      const [model] = table.models;
      assert.ok(model);
      const models = [model, { ...model, model: 'inner', aliases: [], endpoints: [worker.endpoint] }];
      const entries = allow('0.0.0.0/0', '127.0.0.0/8', '127.0.0.1', '0.0.0.0', `self.test:${port}`);
      replier.gateway.gateway.replaceRoutes({ ...table, models, egress: { mode: 'public', allow: entries, own: [] } });
      assert.match((await replier.chat()).text, refusal, endpoint.id);
    }
  }
  assert.equal(worker.received.length, 0);
});

test('a redirect is not followed and not handed on', async (context) => {
  const inner = await startOutside(context, answers);
  const outside = await startOutside(context, (_, response) => {
    response.writeHead(307, { location: inner.endpoint.url }).end();
  });
  const replier = await startReplier(context);
  replier.route(outside.endpoint, allow(`127.0.0.1:${outside.port}`, `127.0.0.1:${inner.port}`));
  const reply = await replier.chat();
  assert.equal(reply.status, 502);
  assert.match(reply.text, /a redirect \(307\), which is not followed/);
  assert.ok(!reply.text.includes(String(inner.port)));
  assert.equal(inner.received(), 0);
});

interface Trap {
  readonly port: number;
  /** Resolves with the first connection. */
  readonly called: Promise<void>;
  calls(): number;
}

/** Accepts connections and never replies. */
async function startTrap(context: TestContext): Promise<Trap> {
  let calls = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    calls++;
    resolve();
    socket.destroy();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  context.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, called: promise, calls: () => calls };
}

test('a proxy that the environment names is not used', async (context) => {
  const [proxy, target] = [await startTrap(context), await startTrap(context)];
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
  for (const name of names) process.env[name] = `http://127.0.0.1:${proxy.port}`;
  process.env['NODE_USE_ENV_PROXY'] = '1';
  context.after(() => {
    for (const name of [...names, 'NODE_USE_ENV_PROXY']) delete process.env[name];
  });
  const outside = await startOutside(context, answers);
  const replier = await startReplier(context);
  replier.route(outside.endpoint, allow(`127.0.0.1:${outside.port}`));
  assert.equal((await replier.chat()).status, 200);
  const tls: Endpoint = { ...outside.endpoint, id: 'tls', url: `https://127.0.0.1:${target.port}` };
  replier.route(tls, allow(`127.0.0.1:${target.port}`));
  const leaving = new AbortController();
  const asked = replier.gateway.chat(ask, { signal: leaving.signal }).catch(() => null);
  await target.called;
  leaving.abort();
  await asked;
  assert.equal(proxy.calls(), 0);
});

test('with TLS the policy holds as well, for addresses and for names', async (context) => {
  const trap = await startTrap(context);
  const { endpoint } = await startOutside(context, answers);
  const replier = await startReplier(context, async () => ['127.0.0.1']);
  for (const host of ['127.0.0.1', '[::1]', 'model.test']) {
    replier.route({ ...endpoint, id: host, url: `https://${host}:${trap.port}` }, []);
    assert.match((await replier.chat()).text, refusal, host);
  }
  assert.equal(trap.calls(), 0);
  replier.route({ ...endpoint, id: 'listed', url: `https://model.test:${trap.port}` }, allow('model.test'));
  const leaving = new AbortController();
  const asked = replier.gateway.chat(ask, { signal: leaving.signal }).catch(() => null);
  await trap.called;
  leaving.abort();
  await asked;
});

test('what an outside server says of its key, its place and its inside reaches no client', async (context) => {
  let status = 400;
  const outside = await startOutside(context, (_, response) => {
    const message = `worker-secret was sent to 127.0.0.1:${outside.port} by way of 10.9.8.7`;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }));
  });
  const replier = await startReplier(context);
  const entries = allow(`127.0.0.1:${outside.port}`);
  replier.route(outside.endpoint, entries);
  assert.match((await replier.chat()).text, /"… was sent to … by way of 10\.9\.8\.7"/);
  status = 500;
  const { text } = await replier.chat();
  assert.match(text, /it answered with an error/);
  assert.doesNotMatch(text, /worker-secret|10\.9\.8\.7/);
});
