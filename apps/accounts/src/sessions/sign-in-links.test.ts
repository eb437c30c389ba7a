import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import { createSignInLinks } from './sign-in-links.ts';

const always = (): boolean => true;
const key = (keyId: string) => ({ keyId, sessionId: null });

const tokenOf = ({ url }: { url: string }): string => url.split('#token=')[1] ?? '';

function refusalOf(thunk: () => unknown): string {
  try {
    thunk();
  } catch (error) {
    assert.ok(error instanceof KumikiError && error.code === 'invalid_sign_in_link');
    return error.message;
  }
  throw new Error('was let in');
}

test('a link lets in once, as its key, and says why it does not let in', () => {
  let now = 1_000;
  const links = createSignInLinks(() => now, always);
  const link = links.make(key('key_1'), 'http://127.0.0.1:8420');
  assert.match(link.url, /^http:\/\/127\.0\.0\.1:8420\/sign-in#token=[\w-]{43}$/);
  assert.equal(link.expiresAt, 1_900);
  assert.equal(links.use(tokenOf(link)), 'key_1');
  assert.match(
    refusalOf(() => links.use(tokenOf(link))),
    /has been used/,
  );
  const late = links.make(key('key_1'), '');
  now += 900;
  assert.match(
    refusalOf(() => links.use(tokenOf(late))),
    /has expired/,
  );
  assert.match(
    refusalOf(() => links.use('guess')),
    /is not known here/,
  );
});

test('a link is worth nothing once the key or the session that made it is gone', () => {
  const keys = new Set(['key_1']);
  const sessions = new Set(['session_1']);
  const links = createSignInLinks(
    () => 1_000,
    ({ keyId, sessionId }) => keys.has(keyId) && (sessionId === null || sessions.has(sessionId)),
  );
  const ofSession = links.make({ keyId: 'key_1', sessionId: 'session_1' }, '');
  const other = links.make({ keyId: 'key_1', sessionId: 'session_1' }, '');
  const ofKey = links.make(key('key_1'), '');
  assert.equal(links.use(tokenOf(other)), 'key_1');
  sessions.clear();
  assert.match(
    refusalOf(() => links.use(tokenOf(ofSession))),
    /ended with the key or the session/,
  );
  keys.clear();
  assert.match(
    refusalOf(() => links.use(tokenOf(ofKey))),
    /ended with the key or the session/,
  );
});

test('links that are open are bounded: the oldest of the key gives way, and no other key loses one', () => {
  const links = createSignInLinks(() => 1_000, always);
  const first = links.make(key('key_1'), '');
  const second = links.make(key('key_2'), '');
  for (let at = 0; at < 32; at++) links.make(key('key_2'), '');
  refusalOf(() => links.use(tokenOf(second)));
  assert.equal(links.use(tokenOf(first)), 'key_1');
  assert.equal(links.use(tokenOf(links.make(key('key_3'), ''))), 'key_3');
});
