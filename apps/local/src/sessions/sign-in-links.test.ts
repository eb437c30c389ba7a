import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import { createSignInLinks } from './sign-in-links.ts';

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
  const links = createSignInLinks(() => now);
  const link = links.make('key_1', 'http://127.0.0.1:8420');
  assert.match(link.url, /^http:\/\/127\.0\.0\.1:8420\/sign-in#token=[\w-]{43}$/);
  assert.equal(link.expiresAt, 1_900);
  assert.equal(links.use(tokenOf(link)), 'key_1');
  assert.match(
    refusalOf(() => links.use(tokenOf(link))),
    /has been used/,
  );
  const late = links.make('key_1', '');
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

test('links that are open are bounded: the oldest gives way', () => {
  const links = createSignInLinks(() => 1_000);
  const first = links.make('key_1', '');
  for (let at = 0; at < 256; at++) links.make('key_2', '');
  refusalOf(() => links.use(tokenOf(first)));
  assert.equal(links.use(tokenOf(links.make('key_3', ''))), 'key_3');
});
