import assert from 'node:assert/strict';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { after, test } from 'node:test';
import { until } from '@kumiki/testing';
import type { KubeAccess } from '../access/kube-access.ts';
import type { KubeObject } from '../objects/kube-object.ts';
import { resources } from '../objects/resource-ref.ts';
import { plainAccess } from '../testing/model-server.ts';
import { type KubeClient, createKubeClient } from './kube-client.ts';

type Handler = (request: IncomingMessage, reply: ServerResponse, body: string) => void;

const closers: (() => void)[] = [];
after(() => {
  for (const close of closers) close();
});

/** A client of a server that answers as the test wants, and what reached it. */
async function serve(handler: Handler): Promise<{ client: KubeClient; seen: string[]; access: KubeAccess }> {
  const seen: string[] = [];
  const server = createServer((request, reply) => {
    let body = '';
    request.on('data', (bytes) => (body += String(bytes)));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url}`);
      handler(request, reply, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const access = plainAccess((server.address() as AddressInfo).port);
  const client = clientOf(access);
  closers.push(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, seen, access };
}

const clientOf = (access: KubeAccess): KubeClient =>
  createKubeClient({ access, fieldManager: 'test', backoff: { baseMs: 1, maxMs: 2 } });

const json = (reply: ServerResponse, status: number, body: object, headers = {}): void => {
  reply.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const status = (code: number, reason: string, details: object = {}): object => ({
  kind: 'Status',
  code,
  reason,
  message: reason,
  details,
});
const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'n' } };
const key = { namespace: 'n', name: 'a' };

test('a conflict of server-side apply is a value that names fields and their owners, and is not forced', async () => {
  const cause = {
    reason: 'FieldManagerConflict',
    message: 'conflict with "kubectl" using v1',
    field: '.spec.replicas',
  };
  const { client, seen } = await serve((_request, reply) =>
    json(reply, 409, status(409, 'Conflict', { causes: [cause] })),
  );
  const result = await client.apply(resources.pods, pod);
  assert.ok(result.outcome === 'conflict');
  assert.deepEqual(result.conflicts, [{ manager: 'kubectl', field: '.spec.replicas' }]);
  assert.deepEqual(seen, ['PATCH /api/v1/namespaces/n/pods/a?fieldManager=test&fieldValidation=Strict&force=false']);
});

test('each status has its outcome, and what cannot pass is asked for once', async () => {
  const cases = [
    [400, 'BadRequest', 'invalid'],
    [403, 'Forbidden', 'forbidden'],
    [404, 'NotFound', 'not_found'],
    [409, 'AlreadyExists', 'exists'],
    [410, 'Expired', 'gone'],
    [422, 'Invalid', 'invalid'],
    [500, 'InternalError', 'unavailable'],
  ] as const;
  for (const [code, reason, outcome] of cases) {
    const { client, seen } = await serve((_request, reply) => json(reply, code, status(code, reason)));
    const result = await client.get(resources.pods, key);
    assert.deepEqual([result.outcome, seen.length], [outcome, 1], String(code));
  }
});

test('429 and 503 are tried again after Retry-After, a POST that may have run is not', async () => {
  for (const code of [429, 503]) {
    let left = 2;
    const { client, seen } = await serve((_request, reply) => {
      if (left > 0) json(reply, code, status(code, 'Wait'), { 'retry-after': '0' });
      else json(reply, 200, pod);
      left -= 1;
    });
    assert.equal((await client.get(resources.pods, key)).outcome, 'ok');
    assert.equal(seen.length, 3);
  }
  const { client, seen } = await serve((_request, reply) => json(reply, 503, status(503, 'Wait')));
  assert.equal((await client.create(resources.pods, pod)).outcome, 'unavailable');
  assert.equal(seen.length, 1);
});

test('after a 401 the credentials are read again, once', async () => {
  const { seen, access } = await serve((request, reply) =>
    request.headers.authorization === 'Bearer new'
      ? json(reply, 200, pod)
      : json(reply, 401, status(401, 'Unauthorized')),
  );
  let token = 'old';
  const credentials: KubeAccess['credentials'] = async () => ({
    ...(await access.credentials()),
    authorization: `Bearer ${token}`,
  });
  const rotating = clientOf({ ...access, credentials, reload: () => void (token = 'new') });
  assert.equal((await rotating.get(resources.pods, key)).outcome, 'ok');
  const stuck = clientOf({ ...access, credentials: access.credentials, reload: () => undefined });
  assert.equal((await stuck.get(resources.pods, key)).outcome, 'unauthorized');
  assert.equal(seen.length, 4);
  for (const client of [rotating, stuck]) client.close();
});

test('a server that is not there is unavailable and nothing was sent; a caller may end a call', async () => {
  const gone = createTcpServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise<void>((resolve) => gone.close(() => resolve()));
  const client = clientOf(plainAccess(port));
  const result = await client.create(resources.pods, pod);
  assert.deepEqual([result.outcome, result.outcome === 'ok' ? null : result.sent], ['unavailable', false]);
  const silent = await serve(() => undefined);
  const ending = new AbortController();
  const waiting = silent.client.get(resources.pods, key, { signal: ending.signal });
  await until('it has arrived', 10_000, () => silent.seen.length === 1);
  ending.abort();
  assert.equal((await waiting).outcome, 'aborted');
});

test('a reply beyond its limit is refused, not read', async () => {
  const { client } = await serve((_request, reply) => {
    reply.writeHead(200);
    const part = Buffer.alloc(1_048_576, 0x20);
    const write = (): void => {
      while (!reply.destroyed && reply.write(part));
    };
    reply.on('drain', write);
    write();
  });
  assert.equal((await client.get(resources.pods, key)).outcome, 'too_large');
});

test('a write is asked about when its connection stands: what was fenced meanwhile is not sent', async () => {
  const { client, seen, access } = await serve((_request, reply) => json(reply, 200, pod));
  const lost = new AbortController();
  let held = true;
  const fenced = client.withFence({ mayWrite: () => held, lost: () => lost.signal });
  assert.equal((await fenced.apply(resources.pods, pod)).outcome, 'ok');
  // The credentials take until the lease is lost, as the handshake of a connection may.
  const late = clientOf({
    ...access,
    async credentials() {
      held = false;
      return access.credentials();
    },
  });
  const refused = await late.withFence({ mayWrite: () => held, lost: () => lost.signal }).apply(resources.pods, pod);
  assert.equal(refused.outcome, 'fenced');
  held = true;
  const second = await late.withFence({ mayWrite: () => held, lost: () => lost.signal }).remove(resources.pods, key);
  assert.deepEqual([second.outcome, second.outcome === 'ok' ? null : second.sent], ['fenced', false]);
  assert.equal(seen.length, 1);
  assert.equal((await late.get(resources.pods, key)).outcome, 'ok');
  late.close();
});

test('names stay within their segment of a path', async () => {
  const { client, seen } = await serve((_request, reply) => json(reply, 200, pod));
  await client.get(resources.pods, { namespace: 'n', name: '../../secrets/x' });
  assert.deepEqual(seen, ['GET /api/v1/namespaces/n/pods/..%2F..%2Fsecrets%2Fx']);
  assert.throws(() => client.get(resources.pods, { namespace: 'n', name: '..' }), TypeError);
  assert.throws(() => client.get(resources.pods, { namespace: '', name: 'a' }), TypeError);
});

test('a list that is larger than a page is read again in one piece when its snapshot ends', async () => {
  const { client, seen } = await serve((request, reply) => {
    const next = new URL(request.url ?? '', 'http://x').searchParams.get('continue');
    const limit = new URL(request.url ?? '', 'http://x').searchParams.get('limit');
    if (next !== null) json(reply, 410, status(410, 'Expired'));
    else if (limit === null) json(reply, 200, { metadata: { resourceVersion: '9' }, items: [pod, pod] });
    else json(reply, 200, { metadata: { resourceVersion: '8', continue: 'x' }, items: [pod] });
  });
  const listed = await client.list(resources.pods, { pageSize: 1 });
  assert.deepEqual(listed.outcome === 'ok' && [listed.value.resourceVersion, listed.value.items.length], ['9', 2]);
  assert.equal(seen.length, 3);
});
