import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeSite, type Site } from './judge-site.ts';

const host = 'ai.example.com';

test('a request belongs to the origin that the browser says it comes from', () => {
  const cases: readonly [string | undefined, string | undefined, Site][] = [
    ['same-origin', undefined, 'own'],
    ['none', undefined, 'unknown'],
    ['same-site', undefined, 'other'],
    ['cross-site', `https://${host}`, 'other'],
    ['same-origin, same-origin', undefined, 'other'],
    ['', undefined, 'other'],
    [undefined, undefined, 'unknown'],
    [undefined, `https://${host}`, 'own'],
    [undefined, `https://${host}:443`, 'own'],
    [undefined, `https://${host}:8443`, 'other'],
    [undefined, `https://${host}.evil.example`, 'other'],
    [undefined, 'null', 'other'],
    [undefined, '', 'other'],
    [undefined, `http://${host}`, 'other'],
  ];
  for (const [fetchSite, origin, site] of cases) {
    assert.equal(judgeSite({ fetchSite, origin, host, https: true }), site, `${fetchSite} ${origin}`);
  }
  const plain = { fetchSite: undefined, host, https: false };
  assert.equal(judgeSite({ ...plain, origin: `http://${host}`, host: host.toUpperCase() }), 'own');
  assert.equal(judgeSite({ ...plain, origin: `http://${host}`, host: undefined }), 'other');
});

test('a page of the same host under another scheme is another origin, unless the browser says otherwise', () => {
  const plain = { fetchSite: undefined, host, https: false };
  assert.equal(judgeSite({ ...plain, origin: `https://${host}` }), 'other');
  assert.equal(judgeSite({ ...plain, origin: `https://${host}`, https: true }), 'own');
  assert.equal(judgeSite({ ...plain, origin: `http://${host}`, https: true }), 'other');
  assert.equal(judgeSite({ ...plain, fetchSite: 'same-origin', origin: `https://${host}` }), 'own');
});
