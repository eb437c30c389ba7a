import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openInCluster } from './in-cluster.ts';
import { openKubeAccess } from './open-kube-access.ts';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-kube-'));
after(() => rmSync(folder, { recursive: true }));
const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Parts {
  readonly cluster?: object;
  readonly user?: object | null;
  readonly context?: object;
}

let files = 0;
function writeConfig({ cluster = {}, user = {}, context = {} }: Parts, current: string | null = 'here'): string {
  files += 1;
  const file = join(folder, `config-${files}`);
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    ...(current !== null && { 'current-context': current }),
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', ...context } }],
  };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const open = (KUBECONFIG: string, context?: string): ReturnType<typeof openKubeAccess> =>
  openKubeAccess({ environment: { ...process.env, KUBECONFIG }, ...(context !== undefined && { context }) });

test('a context names server, namespace, certificates and token; paths are relative to their file', async () => {
  writeFileSync(join(folder, 'ca.pem'), 'CA');
  writeFileSync(join(folder, 'key.pem'), 'KEY');
  const access = open(
    writeConfig({
      cluster: { 'certificate-authority': 'ca.pem', 'tls-server-name': 'kubernetes' },
      user: { 'client-certificate-data': base64('CERT'), 'client-key': 'key.pem', token: 'secret' },
      context: { namespace: 'shop' },
    }),
  );
  assert.deepEqual([access.server, access.namespace], ['https://10.0.0.1:6443', 'shop']);
  const { tls, authorization } = await access.credentials();
  assert.deepEqual(
    [tls, authorization],
    [{ ca: 'CA', certificate: 'CERT', key: 'KEY', serverName: 'kubernetes', insecure: false }, 'Bearer secret'],
  );
  assert.equal((await access.credentials()).tls, tls);
  writeFileSync(join(folder, 'key.pem'), 'NEW');
  assert.equal((await access.credentials()).tls, tls);
  access.reload();
  assert.equal((await access.credentials()).tls.key, 'NEW');
});

test('of several files the first that has a name says what it is', async () => {
  const [first, second] = [writeConfig({ user: { token: 'one' } }, null), writeConfig({ user: { token: 'two' } })];
  assert.equal((await open(`${first}:${second}`).credentials()).authorization, 'Bearer one');
  assert.equal((await open(`${second}:${first}`, 'here').credentials()).authorization, 'Bearer two');
  assert.equal((await open(writeConfig({ user: null })).credentials()).authorization, null);
});

test('what is not there or not supported is refused with its name, and no secret is shown', () => {
  assert.throws(() => open(writeConfig({}), 'there'), /no context is named 'there'.*there are: here/);
  for (const member of [{ as: 'root' }, { 'auth-provider': { name: 'gcp' } }, { username: 'x', password: 'y' }])
    assert.throws(() => open(writeConfig({ user: member })), /not supported/);
  assert.throws(() => open(writeConfig({ cluster: { 'proxy-url': 'http://p' } })), /not supported: proxy-url/);
  assert.throws(
    () => open(writeConfig({ user: { token: { hidden: 'tell-nobody' } } })),
    (error: Error) => /token/.test(error.message) && !error.message.includes('tell-nobody'),
  );
  assert.throws(() => openKubeAccess({ environment: { HOME: join(folder, 'empty') } }), /no Kubernetes is known/);
});

test('an exec plugin is run once for calls at once, again when its credential ends or the server refuses it', async () => {
  const runs = join(folder, 'runs');
  const script = `
    const fs = require('node:fs');
    fs.appendFileSync(${JSON.stringify(runs)}, 'x');
    const { apiVersion, kind, spec } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
    const count = fs.readFileSync(${JSON.stringify(runs)}, 'utf8').length;
    const ends = new Date(Date.now() + (count === 1 ? 30e3 : 3600e3)).toISOString();
    const token = [process.env.FLAVOUR, count, spec.cluster.server].join(' ');
    console.log(JSON.stringify({ apiVersion, kind, status: { token, expirationTimestamp: ends } }));`;
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', script],
    env: [{ name: 'FLAVOUR', value: 'plum' }],
    provideClusterInfo: true,
    interactiveMode: 'IfAvailable',
  };
  const access = open(writeConfig({ user: { exec } }));
  const both = await Promise.all([access.credentials(), access.credentials()]);
  const server = 'https://10.0.0.1:6443';
  assert.deepEqual(
    both.map(({ authorization }) => authorization),
    [`Bearer plum 1 ${server}`, `Bearer plum 1 ${server}`],
  );
  // The first ends within the minute that is left for requests.
  assert.equal((await access.credentials()).authorization, `Bearer plum 2 ${server}`);
  assert.equal((await access.credentials()).authorization, `Bearer plum 2 ${server}`);
  access.reload();
  assert.equal((await access.credentials()).authorization, `Bearer plum 3 ${server}`);
});

test('an exec plugin that fails says so with its own words and its hint', async () => {
  const base = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, installHint: 'Install it.' };
  const failing = { ...base, args: ['-e', 'console.error("no session"); process.exit(3)'] };
  await assert.rejects(open(writeConfig({ user: { exec: failing } })).credentials(), /no session\nInstall it\./);
  const silent = { ...base, args: ['-e', ''] };
  await assert.rejects(open(writeConfig({ user: { exec: silent } })).credentials(), /no ExecCredential/);
  const asking = { ...base, interactiveMode: 'Always' };
  await assert.rejects(open(writeConfig({ user: { exec: asking } })).credentials(), /wants a terminal/);
});

test("a pod's token and authority are read again as kubelet replaces them; a broken file leaves the last in use", async () => {
  const account = join(folder, 'account');
  mkdirSync(account);
  const write = (name: string, text: string): void => writeFileSync(join(account, name), text);
  write('token', 'one\n');
  write('ca.crt', 'CA');
  write('namespace', 'kumiki');
  let now = 0;
  const access = openInCluster({ host: 'fd00::1', port: '443', folder: account, monotonicMs: () => now });
  assert.deepEqual([access.server, access.namespace], ['https://[fd00::1]:443', 'kumiki']);
  const { tls, authorization } = await access.credentials();
  assert.deepEqual([tls.ca, authorization], ['CA', 'Bearer one']);
  write('token', 'two');
  assert.equal((await access.credentials()).authorization, 'Bearer one');
  now += 60_000;
  assert.equal((await access.credentials()).authorization, 'Bearer two');
  assert.equal((await access.credentials()).tls, tls);
  write('token', '');
  write('ca.crt', 'NEW');
  now += 60_000;
  const after = await access.credentials();
  assert.deepEqual([after.authorization, after.tls.ca], ['Bearer two', 'NEW']);
});
