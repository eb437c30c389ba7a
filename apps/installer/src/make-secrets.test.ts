import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createLog } from '@kumiki/service';
import { selfSigned } from '@kumiki/testing';
import type { SecretsStep } from './config.ts';
import { makeSecrets } from './make-secrets.ts';
import { createSecretApi } from './secret-api.ts';

const log = createLog({ service: 'installer', level: 'silent' });
const space = '/api/v1/namespaces/here/secrets';

interface Stored {
  readonly data: Record<string, string>;
}

/** The part of an API server that Secrets need. The same is tried on a real one in tests/cluster. */
async function startSecrets(context: TestContext) {
  const pair = selfSigned();
  const secrets = new Map<string, Stored>();
  const asked: string[] = [];
  let before: ((line: string) => void) | null = null;
  const server = createServer(pair, (request, response) => {
    const { method = '', url = '' } = request;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      before?.(`${method} ${url}`);
      asked.push(`${method} ${url}`);
      const answer = (status: number, body: object): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      if (request.headers.authorization !== 'Bearer of-the-pod') return answer(401, { message: 'who are you?' });
      const name = url.slice(space.length + 1);
      const found = secrets.get(name);
      if (method === 'GET') return found === undefined ? answer(404, {}) : answer(200, found);
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Stored & { metadata: { name?: string } };
      if (method === 'PATCH') {
        secrets.set(name, { data: { ...found?.data, ...body.data } });
        return answer(200, {});
      }
      if (secrets.has(body.metadata.name ?? '')) return answer(409, {});
      secrets.set(body.metadata.name ?? '', { data: body.data });
      answer(201, {});
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const step: SecretsStep = {
    kind: 'secrets',
    names: { installation: 'installation', routes: 'routes' },
    database: { name: 'database', host: 'db' },
    serviceUrls: { console: 'http://console:8460' },
    kubernetes: { url: `https://127.0.0.1:${port}`, token: 'of-the-pod', authority: pair.cert, namespace: 'here' },
  };
  return { step, secrets, asked, intervene: (hook: typeof before) => (before = hook) };
}

test('secrets are made once: a second run reads them and writes nothing', async (context) => {
  const { step, secrets, asked } = await startSecrets(context);
  await makeSecrets(step, createSecretApi(step.kubernetes), log);
  assert.deepEqual([...secrets.keys()].toSorted(), ['database', 'installation', 'routes']);
  const first = structuredClone([...secrets]);
  asked.length = 0;
  await makeSecrets(step, createSecretApi(step.kubernetes), log);
  assert.deepEqual([...secrets], first);
  assert.ok(asked.every((line) => line.startsWith('GET ')));
});

test('what another run makes at the same time is kept and completed', async (context) => {
  const { step, secrets, intervene } = await startSecrets(context);
  const pepper = Buffer.from('a pepper of somebody else').toString('base64');
  intervene((line) => {
    if (line === `POST ${space}` && !secrets.has('installation')) secrets.set('installation', { data: { pepper } });
  });
  await makeSecrets(step, createSecretApi(step.kubernetes), log);
  const installation = secrets.get('installation')?.data ?? {};
  assert.equal(installation['pepper'], pepper);
  assert.ok('first-key' in installation);
});

test('a refusal of the API server ends the step with its reason', async (context) => {
  const { step } = await startSecrets(context);
  const api = createSecretApi({ ...step.kubernetes, token: 'of another' });
  await assert.rejects(makeSecrets(step, api, log), /installation cannot be read: 401 who are you\?/);
});
