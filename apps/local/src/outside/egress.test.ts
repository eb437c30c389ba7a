import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { fakeGateway } from '@kumiki/control/testing';
import { createLog } from '@kumiki/service';
import { startControl } from '../control/start-control.ts';
import { editEgressList, withRules } from '../home/egress-list.ts';
import { fakeService, type FakeRuntime, startFakeRuntime } from '../testing/fake-runtime.ts';
import { listServersOf } from './list-servers.ts';

const specOf = (urls: readonly string[]) => ({
  model: { source: urls[0] ?? '' },
  engine: { kind: 'openai' as const, endpoints: urls.slice(1) },
});
const remote = (name: string, ...urls: string[]) => fakeService(name, 'behaves', specOf(urls));

function allow({ runtime }: FakeRuntime, ...rules: string[]): void {
  editEgressList(runtime.home.egress, (list) => withRules(list, rules, 'operator', 1));
}

const urlsOf = ({ runtime }: FakeRuntime): string[] =>
  runtime.routes().models.flatMap(({ endpoints }) => endpoints.map(({ url }) => url));

/** Applies manifests over the API, and counts connections to the servers that they name. */
async function startApi(context: TestContext, fake: FakeRuntime) {
  let dialled = 0;
  const trap = createServer((socket) => {
    dialled++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  const nobody = { nameOf: () => null, mayStillOperate: () => false };
  const log = createLog({ service: 'test', level: 'silent' });
  const control = await startControl(fake.runtime, fakeGateway(), nobody, log);
  context.after(async () => {
    trap.close();
    await control.close();
  });
  const [backend] = control.backends;
  return {
    port: (trap.address() as AddressInfo).port,
    dialled: () => dialled,
    ownUrl: backend?.urls[0] ?? '',
    async post(...urls: string[]): Promise<{ code: string | null; message: string }> {
      // As a client wrote it, valid or not.
      const { apiVersion, kind } = remote('any', 'https://8.8.8.8/v1');
      const manifest = { apiVersion, kind, metadata: { name: 'thief' }, spec: specOf(urls) };
      const reply = await fetch(`${backend?.urls[0]}/v1/kumiki/services`, {
        method: 'POST',
        headers: { authorization: backend?.authorization ?? '', 'content-type': 'application/json' },
        body: JSON.stringify({ manifests: [manifest] }),
      });
      if (reply.ok) return { code: null, message: '' };
      const { error } = (await reply.json()) as { error: { code: string; message: string } };
      return error;
    },
  };
}

test('a manifest over the API reaches nothing of this machine, its network or its cloud that is not listed', async (context) => {
  await using fake = await startFakeRuntime([]);
  const api = await startApi(context, fake);
  const hosts = [
    '127.0.0.1',
    'localhost',
    '0x7f.1',
    '2130706433',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
    '10.0.0.8',
  ];
  hosts.push('192.168.1.1', '169.254.169.254', '[fd00:ec2::254]', '[fe80::1]', '100.64.0.1', '224.0.0.1');
  for (const host of hosts) {
    for (const urls of [[`http://${host}:${api.port}/v1`], ['https://8.8.8.8/v1', `http://${host}:${api.port}`]]) {
      const { code, message } = await api.post(...urls);
      assert.equal(code, 'egress_denied', host);
      const command = /'kumiki egress allow (\S+)'/.exec(message)?.[1] ?? '';
      assert.ok(command.endsWith(`:${api.port}`), message);
    }
  }
  assert.equal(api.dialled(), 0);
  assert.deepEqual(urlsOf(fake), []);
});

test('what the refusal names lets it pass, and to take it back ends it without a restart', async (context) => {
  await using fake = await startFakeRuntime([]);
  const api = await startApi(context, fake);
  const url = `http://localhost:${api.port}`;
  const { message } = await api.post(url);
  const rule = /'kumiki egress allow (\S+)'/.exec(message)?.[1] ?? '';
  assert.equal(rule, `localhost:${api.port}`);
  allow(fake, rule);
  assert.equal((await api.post(url)).code, null);
  assert.deepEqual(urlsOf(fake), [url]);
  const address = `http://127.0.0.1:${api.port}`;
  allow(fake, '127.0.0.0/8');
  assert.equal((await api.post(address)).code, null);
  editEgressList(fake.runtime.home.egress, (list) => ({ ...list, allow: [] }));
  await fake.until('nothing is sent there', () => urlsOf(fake).length === 0);
  const service = fake.runtime.service('thief');
  assert.equal(service.ready, 0);
  assert.match(
    service.replicas[0]?.reason ?? '',
    /it is an address of this machine itself.*'kumiki egress allow 127\.0\.0\.1:/,
  );
  assert.deepEqual(fake.runtime.routes().egress, { mode: 'public', allow: [], own: fake.runtime.routes().egress?.own });
});

test("Kumiki's own places are open to no manifest and no range, but to the operator's very word", async (context) => {
  await using fake = await startFakeRuntime([fakeService('shop', 'behaves')], { ownUrls: ['http://127.0.0.1:5432'] });
  await fake.until('it serves', () => fake.endpoints('shop').length === 1);
  const api = await startApi(context, fake);
  fake.runtime.setAddress({ local: 'http://127.0.0.1:8420', shown: 'http://127.0.0.1:8420', configured: false });
  fake.runtime.setBackends([{ prefix: '/v1/kumiki', urls: [api.ownUrl], authorization: null, role: 'admin' }]);
  const [worker] = urlsOf(fake);
  assert.ok(worker);
  for (const url of ['http://127.0.0.1:8420', 'http://127.0.0.1:5432', api.ownUrl, worker]) {
    const { port } = new URL(url);
    allow(fake, '127.0.0.0/8', '127.0.0.1', `localhost:${port}`);
    for (const host of ['127.0.0.1', '127.0.0.3', 'localhost', '[::1]', '0.0.0.0']) {
      const { code, message } = await api.post(`http://${host}:${port}`);
      assert.equal(code, 'egress_denied', message);
      assert.match(message, /a place of Kumiki itself/);
    }
    assert.deepEqual(await listServersOf(fake.runtime.home, [remote('x', `http://127.0.0.1:${port}`)], 1), []);
  }
  allow(fake, '127.0.0.1:8420');
  assert.equal((await api.post('http://127.0.0.1:8420')).code, null);
});

test('a list that cannot be read lets nothing pass, and is not written over', async (context) => {
  await using fake = await startFakeRuntime([]);
  const api = await startApi(context, fake);
  for (const text of ['', '{', '{"version":1,"mode":"public","allow":[{"rule":7}]}', 'x'.repeat(2_000_000)]) {
    writeFileSync(fake.runtime.home.egress, text);
    assert.equal((await api.post('https://8.8.8.8/v1')).code, 'egress_denied');
    assert.throws(() => allow(fake, '10.0.0.0/8'), /cannot be read, so that nothing outside may be reached/);
    assert.equal(readFileSync(fake.runtime.home.egress, 'utf8'), text);
  }
});

test('a URL with a key, a query or another protocol is refused without repeating the key', async (context) => {
  await using fake = await startFakeRuntime([]);
  const api = await startApi(context, fake);
  for (const url of [
    'https://me:sk-secret@8.8.8.8/v1',
    'https://8.8.8.8/v1?key=1',
    'https://8.8.8.8/v1#x',
    'http://',
  ]) {
    const { code, message } = await api.post(url);
    assert.equal(code, 'manifest_invalid', url);
    assert.ok(!message.includes('sk-secret'), message);
  }
});
