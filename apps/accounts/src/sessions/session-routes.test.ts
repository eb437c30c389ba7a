import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  browserSessionListSchema,
  createKeyBodySchema,
  headers,
  requestDetailSchema,
  requestListSchema,
  sessionSchema,
  signInLinkSchema,
} from '@kumiki/api';
import { fakeRecord } from '@kumiki/control/testing';
import { errorOf, type FakeControl, startFakeControl } from '../testing/fake-control.ts';

interface Asking {
  readonly keyId: string;
  /** Headers that the gateway would send for the key, or for a session of it. */
  as(sessionId?: string): Record<string, string>;
}

async function makeKey({ fake }: FakeControl, name: string, roles: ('inference' | 'admin')[]): Promise<Asking> {
  const { record } = await fake.runtime.keys.create(createKeyBodySchema.parse({ name, roles }));
  return {
    keyId: record.id,
    as: (sessionId) => ({
      [headers.key]: record.id,
      [headers.project]: record.project,
      ...(sessionId === undefined ? {} : { [headers.session]: sessionId }),
    }),
  };
}

/** Signs in as a browser and gives the id of its session. */
async function signIn(control: FakeControl, asking: Record<string, string>, userAgent = 'Browser/1'): Promise<string> {
  const made = signInLinkSchema.parse((await control.call('POST', 'sign_in_links', undefined, asking)).body);
  return useLink(control, made.url, userAgent);
}

async function useLink(control: FakeControl, url: string, userAgent = 'Browser/1'): Promise<string> {
  const before = new Set(control.fake.runtime.sessions.list().map(({ id }) => id));
  const reply = await control.call('POST', 'session', { token: url.split('#token=')[1] }, { 'user-agent': userAgent });
  if (reply.status !== 201) return errorOf(reply).code;
  sessionSchema.parse(reply.body);
  return control.fake.runtime.sessions.list().find(({ id }) => !before.has(id))?.id ?? '';
}

async function listed(control: FakeControl, asking: Record<string, string>, query = ''): Promise<string[]> {
  const { body } = await control.call('GET', `sessions${query}`, undefined, asking);
  return browserSessionListSchema.parse(body).data.map(({ id }) => id);
}

test('a key without the role admin gets a link for itself, and sees and ends its own sessions alone', async () => {
  await using control = await startFakeControl();
  const app = await makeKey(control, 'app', ['inference']);
  const other = await makeKey(control, 'other', ['inference']);
  const boss = await makeKey(control, 'boss', ['admin']);
  const first = await signIn(control, app.as(), 'First\u00a0one');
  const second = await signIn(control, app.as());
  const others = await signIn(control, other.as());
  control.gateway.usedAt.set(first, 1_234);

  assert.deepEqual(await listed(control, app.as(first)), [second, first]);
  assert.deepEqual(await listed(control, other.as()), [others]);
  assert.deepEqual(await listed(control, boss.as()), [others, second, first]);
  assert.deepEqual(await listed(control, boss.as(), `?key_id=${other.keyId}`), [others]);
  const { body } = await control.call('GET', 'sessions', undefined, app.as(first));
  const { created_at, expires_at, ...own } = browserSessionListSchema.parse(body).data[1] ?? assert.fail();
  assert.equal(expires_at - created_at, 14 * 24 * 3_600);
  assert.deepEqual(own, {
    object: 'kumiki.browser_session',
    id: first,
    key: { id: app.keyId, name: 'app' },
    last_used_at: 1_234,
    user_agent: 'First one',
    current: true,
  });

  for (const path of [`sessions/${others}`, 'sessions/session_none', `sessions?key_id=${other.keyId}`]) {
    const refused = await control.call('DELETE', path, undefined, app.as(first));
    assert.deepEqual([refused.status, errorOf(refused).code], [404, 'not_found'], path);
  }
  assert.equal((await control.call('GET', `sessions?key_id=${other.keyId}`, undefined, app.as())).status, 404);
  assert.equal((await control.call('DELETE', 'sessions?all=true', undefined, boss.as())).status, 400);
  assert.deepEqual(await listed(control, boss.as()), [others, second, first]);
});

test('sessions are ended one by one, all but the own, and by an admin those of a key, and gateways hear it at once', async () => {
  await using control = await startFakeControl();
  const { sessions, changes } = control.fake.runtime;
  const app = await makeKey(control, 'app', ['inference']);
  const boss = await makeKey(control, 'boss', ['inference', 'admin']);
  const ids = [await signIn(control, app.as()), await signIn(control, app.as()), await signIn(control, app.as())];
  const [current = '', second = ''] = ids;
  const bosses = await signIn(control, boss.as());
  const published: number[] = [];
  sessions.onChange((snapshot) => published.push(snapshot.length));

  const one = await control.call('DELETE', `sessions/${second}`, undefined, app.as(current));
  assert.deepEqual(one.body, { object: 'kumiki.session.deleted', id: second, deleted: true });
  const kept = await control.call('DELETE', 'sessions?keep_current=true', undefined, app.as(current));
  assert.deepEqual(kept.body, { object: 'kumiki.sessions.deleted', deleted: 1 });
  assert.deepEqual(await listed(control, app.as(current)), [current]);
  const all = await control.fetch('/v1/kumiki/sessions', { method: 'DELETE', headers: app.as(current) });
  assert.match(all.headers.get('set-cookie') ?? '', /^kumiki_\w{8}=; .*Max-Age=0/);
  assert.deepEqual(published, [3, 2, 1]);

  await signIn(control, app.as());
  const ended = await control.call('DELETE', `sessions?key_id=${app.keyId}`, undefined, boss.as(bosses));
  assert.deepEqual(ended.body, { object: 'kumiki.sessions.deleted', deleted: 1 });
  assert.deepEqual(await listed(control, boss.as()), [bosses]);
  const [change] = changes.list();
  assert.deepEqual(
    [change?.kind, change?.subject, change?.params, change?.by],
    ['session.ended', app.keyId, { name: 'app', count: 1 }, 'boss'],
  );
});

test('signing in over and over pushes nothing out of the log of changes, and a session says when its key ends', async () => {
  await using control = await startFakeControl();
  const { changes, keys } = control.fake.runtime;
  const end = Math.floor(Date.now() / 1_000) + 3_600;
  const { record } = await keys.create(createKeyBodySchema.parse({ name: 'short', expires_at: end }));
  const asking = { [headers.key]: record.id, [headers.project]: record.project };
  for (let at = 0; at < 5; at++) await signIn(control, asking);
  assert.equal(changes.list().filter(({ kind }) => kind === 'session.created').length, 1);
  const [session] = await listed(control, asking);
  const { body } = await control.call('GET', 'session', undefined, { ...asking, [headers.session]: session ?? '' });
  assert.equal(sessionSchema.parse(body).expires_at, end);
});

test('a link that a session made dies with it, however it ends, and so does all of a key that is revoked', async () => {
  await using control = await startFakeControl();
  const { keys, sessions } = control.fake.runtime;
  const app = await makeKey(control, 'app', ['inference']);
  const link = async (asking: Record<string, string>): Promise<string> =>
    signInLinkSchema.parse((await control.call('POST', 'sign_in_links', undefined, asking)).body).url;

  const signsOut = await signIn(control, app.as());
  const ofSignedOut = await link(app.as(signsOut));
  assert.equal((await control.call('DELETE', 'session', undefined, app.as(signsOut))).status, 200);
  assert.equal(await useLink(control, ofSignedOut), 'invalid_sign_in_link');

  const isEnded = await signIn(control, app.as());
  const ofEnded = await link(app.as(isEnded));
  const ofKey = await link(app.as());
  await control.call('DELETE', 'sessions', undefined, app.as());
  assert.equal(await useLink(control, ofEnded), 'invalid_sign_in_link');
  assert.match(await useLink(control, ofKey), /^session_/);

  const last = await link(app.as());
  const published: number[] = [];
  sessions.onChange((snapshot) => published.push(snapshot.length));
  await keys.revoke(app.keyId);
  assert.deepEqual(published, [0]);
  assert.equal(await useLink(control, last), 'invalid_sign_in_link');
  const refused = await control.call('POST', 'sign_in_links', undefined, app.as());
  assert.equal(errorOf(refused).code, 'invalid_session');
});

test("a key sees its own requests and nothing of another's, whatever it asks for", async () => {
  await using control = await startFakeControl();
  const app = await makeKey(control, 'app', ['inference']);
  const { records } = control.gateway;
  const of = (id: string, keyId: string, change: Parameters<typeof fakeRecord>[0] = {}) =>
    records.push(fakeRecord({ id, key_id: keyId, ...change }));
  const attempt = {
    replica: 'http://10.0.0.7:4000',
    started_at: 1,
    first_byte_at: null,
    ended_at: null,
    outcome: 'open' as const,
    reason: null,
    failure: null,
    queue_ms: null,
    prefill_ms: null,
    decode_ms: null,
  };
  of('req_own', app.keyId);
  of('req_service', app.keyId, {
    kind: 'service',
    service: 'search',
    replica: 'http://10.0.0.7:4000',
    attempts: [attempt],
  });
  // A client chooses its trace: here another key took the same.
  of('req_other', 'key_other');
  const list = await control.call('GET', 'me/requests?limit=5', undefined, app.as());
  assert.deepEqual(
    requestListSchema.parse(list.body).data.map(({ id }) => id),
    ['req_own', 'req_service'],
  );
  const detail = await control.call('GET', 'me/requests/req_own', undefined, app.as());
  assert.deepEqual(
    requestDetailSchema.parse(detail.body).trace.map(({ id }) => id),
    ['req_own', 'req_service'],
  );
  assert.ok(!JSON.stringify([list.body, detail.body]).match(/10\.0\.0\.7|key_other/));
  for (const query of ['key_id=key_other', 'project=default', 'limit=1000']) {
    assert.equal((await control.call('GET', `me/requests?${query}`, undefined, app.as())).status, 400, query);
  }
  const refused = await control.call('GET', 'me/requests/req_other', undefined, app.as());
  assert.deepEqual([refused.status, errorOf(refused).code], [404, 'not_found']);
});

test('a cookie is Secure behind TLS: as the proxy says, or because the public URL is one of TLS', async () => {
  await using control = await startFakeControl();
  const app = await makeKey(control, 'app', ['inference']);
  const cookie = async (more: Record<string, string> = {}): Promise<string> => {
    const made = signInLinkSchema.parse((await control.call('POST', 'sign_in_links', undefined, app.as())).body);
    const reply = await control.fetch('/v1/kumiki/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...more },
      body: JSON.stringify({ token: made.url.split('#token=')[1] }),
    });
    return reply.headers.get('set-cookie') ?? '';
  };
  const local = 'http://127.0.0.1:1';
  control.fake.runtime.setAddress({ local, shown: local, configured: false });
  assert.doesNotMatch(await cookie(), /Secure/);
  assert.match(await cookie({ 'x-forwarded-proto': 'https, http' }), /; Secure$/);
  control.fake.runtime.setAddress({ local, shown: 'https://ai.example', configured: true });
  assert.match(await cookie(), /; Secure$/);
  const link = signInLinkSchema.parse((await control.call('POST', 'sign_in_links', undefined, app.as())).body);
  assert.deepEqual([link.configured, link.url.startsWith('https://ai.example/sign-in#token=')], [true, true]);
});
