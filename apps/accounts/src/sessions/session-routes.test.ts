import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { browserSessionListSchema, createKeyBodySchema, headers, sessionSchema, signInLinkSchema } from '@kumiki/api';
import { errorOf } from '@kumiki/testing';
import { accountStores } from '../testing/account-stores.ts';
import type { FakeAccounts } from '../testing/fake-accounts.ts';

interface Asking {
  readonly keyId: string;
  /** The headers that the gateway sends for the key, or for a session of it. */
  as(sessionId?: string): Record<string, string>;
}

async function makeKey({ accounts }: FakeAccounts, name: string, roles: ('inference' | 'admin')[]): Promise<Asking> {
  const { record } = await accounts.keys.create(createKeyBodySchema.parse({ name, roles }));
  return {
    keyId: record.id,
    as: (sessionId) => ({
      [headers.key]: record.id,
      [headers.project]: record.project,
      ...(sessionId === undefined ? {} : { [headers.session]: sessionId }),
    }),
  };
}

/** Signs in as a browser and returns the id of its session. */
async function signIn(service: FakeAccounts, asking: Record<string, string>, userAgent = 'Browser/1'): Promise<string> {
  const made = signInLinkSchema.parse((await service.call('POST', 'sign_in_links', undefined, asking)).body);
  return useLink(service, made.url, userAgent);
}

async function useLink(service: FakeAccounts, url: string, userAgent = 'Browser/1'): Promise<string> {
  const before = new Set(service.accounts.sessions.list().map(({ id }) => id));
  const reply = await service.call('POST', 'session', { token: url.split('#token=')[1] }, { 'user-agent': userAgent });
  if (reply.status !== 201) return errorOf(reply).code;
  sessionSchema.parse(reply.body);
  return service.accounts.sessions.list().find(({ id }) => !before.has(id))?.id ?? '';
}

async function listed(service: FakeAccounts, asking: Record<string, string>, query = ''): Promise<string[]> {
  const { body } = await service.call('GET', `sessions${query}`, undefined, asking);
  return browserSessionListSchema.parse(body).data.map(({ id }) => id);
}

for (const { name, open, close, start } of accountStores) {
  describe(name, () => {
    before(open);
    after(close);

    test('a key without the role admin gets a link for itself, and sees and ends its own sessions alone', async () => {
      await using service = await start();
      const app = await makeKey(service, 'app', ['inference']);
      const other = await makeKey(service, 'other', ['inference']);
      const boss = await makeKey(service, 'boss', ['admin']);
      const first = await signIn(service, app.as(), 'First\u00a0one');
      const second = await signIn(service, app.as());
      const others = await signIn(service, other.as());
      service.usedAt.set(first, 1_234);

      assert.deepEqual(await listed(service, app.as(first)), [second, first]);
      assert.deepEqual(await listed(service, other.as()), [others]);
      assert.deepEqual(await listed(service, boss.as()), [others, second, first]);
      assert.deepEqual(await listed(service, boss.as(), `?key_id=${other.keyId}`), [others]);
      const { body } = await service.call('GET', 'sessions', undefined, app.as(first));
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
        const refused = await service.call('DELETE', path, undefined, app.as(first));
        assert.deepEqual([refused.status, errorOf(refused).code], [404, 'not_found'], path);
      }
      assert.equal((await service.call('GET', `sessions?key_id=${other.keyId}`, undefined, app.as())).status, 404);
      assert.equal((await service.call('DELETE', 'sessions?all=true', undefined, boss.as())).status, 400);
      assert.deepEqual(await listed(service, boss.as()), [others, second, first]);
    });

    test('sessions are ended one by one, all but the own, and by an admin those of a key, and gateways hear it at once', async () => {
      await using service = await start();
      const { changes } = service;
      const app = await makeKey(service, 'app', ['inference']);
      const boss = await makeKey(service, 'boss', ['inference', 'admin']);
      const ids = [await signIn(service, app.as()), await signIn(service, app.as()), await signIn(service, app.as())];
      const [current = '', second = ''] = ids;
      const bosses = await signIn(service, boss.as());
      const published: number[] = [];
      service.onSessions((count) => published.push(count));

      const one = await service.call('DELETE', `sessions/${second}`, undefined, app.as(current));
      assert.deepEqual(one.body, { object: 'kumiki.session.deleted', id: second, deleted: true });
      const kept = await service.call('DELETE', 'sessions?keep_current=true', undefined, app.as(current));
      assert.deepEqual(kept.body, { object: 'kumiki.sessions.deleted', deleted: 1 });
      assert.deepEqual(await listed(service, app.as(current)), [current]);
      const all = await service.fetch('/v1/kumiki/sessions', { method: 'DELETE', headers: app.as(current) });
      assert.match(all.headers.get('set-cookie') ?? '', /^kumiki_\w{8}=; .*Max-Age=0/);
      assert.deepEqual(published, [3, 2, 1]);

      await signIn(service, app.as());
      const ended = await service.call('DELETE', `sessions?key_id=${app.keyId}`, undefined, boss.as(bosses));
      assert.deepEqual(ended.body, { object: 'kumiki.sessions.deleted', deleted: 1 });
      assert.deepEqual(await listed(service, boss.as()), [bosses]);
      const [change] = changes.list();
      assert.deepEqual(
        [change?.kind, change?.subject, change?.params, change?.by],
        ['session.ended', app.keyId, { name: 'app', count: 1 }, 'boss'],
      );
    });

    test('signing in over and over pushes nothing out of the log of changes, and a session says when its key ends', async () => {
      await using service = await start();
      const { changes } = service;
      const { keys } = service.accounts;
      const end = Math.floor(Date.now() / 1_000) + 3_600;
      const { record } = await keys.create(createKeyBodySchema.parse({ name: 'short', expires_at: end }));
      const asking = { [headers.key]: record.id, [headers.project]: record.project };
      for (let at = 0; at < 5; at++) await signIn(service, asking);
      assert.equal(changes.list().filter(({ kind }) => kind === 'session.created').length, 1);
      const [session] = await listed(service, asking);
      const { body } = await service.call('GET', 'session', undefined, { ...asking, [headers.session]: session ?? '' });
      assert.equal(sessionSchema.parse(body).expires_at, end);
    });

    test('a link that a session made dies with it, however it ends, and so does all of a key that is revoked', async () => {
      await using service = await start();
      const { keys } = service.accounts;
      const app = await makeKey(service, 'app', ['inference']);
      const link = async (asking: Record<string, string>): Promise<string> =>
        signInLinkSchema.parse((await service.call('POST', 'sign_in_links', undefined, asking)).body).url;

      const signsOut = await signIn(service, app.as());
      const ofSignedOut = await link(app.as(signsOut));
      assert.equal((await service.call('DELETE', 'session', undefined, app.as(signsOut))).status, 200);
      assert.equal(await useLink(service, ofSignedOut), 'invalid_sign_in_link');

      const isEnded = await signIn(service, app.as());
      const ofEnded = await link(app.as(isEnded));
      const ofKey = await link(app.as());
      await service.call('DELETE', 'sessions', undefined, app.as());
      assert.equal(await useLink(service, ofEnded), 'invalid_sign_in_link');
      assert.match(await useLink(service, ofKey), /^session_/);

      const last = await link(app.as());
      const published: number[] = [];
      service.onSessions((count) => published.push(count));
      await keys.revoke(app.keyId);
      assert.deepEqual(published, [0]);
      assert.equal(await useLink(service, last), 'invalid_sign_in_link');
      const refused = await service.call('POST', 'sign_in_links', undefined, app.as());
      assert.equal(errorOf(refused).code, 'invalid_session');
    });

    test('a cookie is Secure behind TLS: as the proxy says, or because the public URL is one of TLS', async () => {
      await using service = await start();
      const app = await makeKey(service, 'app', ['inference']);
      const cookie = async (more: Record<string, string> = {}): Promise<string> => {
        const made = signInLinkSchema.parse((await service.call('POST', 'sign_in_links', undefined, app.as())).body);
        const reply = await service.fetch('/v1/kumiki/session', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...more },
          body: JSON.stringify({ token: made.url.split('#token=')[1] }),
        });
        return reply.headers.get('set-cookie') ?? '';
      };
      service.setAddress({ shown: 'http://127.0.0.1:1', configured: false });
      assert.doesNotMatch(await cookie(), /Secure/);
      assert.match(await cookie({ 'x-forwarded-proto': 'https, http' }), /; Secure$/);
      service.setAddress({ shown: 'https://ai.example', configured: true });
      assert.match(await cookie(), /; Secure$/);
      const link = signInLinkSchema.parse((await service.call('POST', 'sign_in_links', undefined, app.as())).body);
      assert.deepEqual([link.configured, link.url.startsWith('https://ai.example/sign-in#token=')], [true, true]);
    });
  });
}
