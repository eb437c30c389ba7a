import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { checkApiKeyFormat, routeTableSchema } from '@kumiki/api';
import { decodePepper } from '@kumiki/seal';
import { entries, planDatabase, planInstallation, planRoutes } from './plan-secrets.ts';

test('a new installation gets everything, and what its programs read is in the form that they want', () => {
  const made = planInstallation({}, randomBytes);
  assert.deepEqual(Object.keys(made).toSorted(), Object.values(entries).toSorted());
  assert.notEqual(decodePepper(made[entries.pepper] ?? Buffer.alloc(0)), null);
  for (const name of [entries.firstKey, entries.conversationsKey, entries.searchKey])
    assert.equal(checkApiKeyFormat(String(made[name])), 'valid');
  for (const name of [entries.backendToken, entries.streamToken])
    assert.match(String(made[name]), /^[\x21-\x7e]{40,}$/);
  assert.equal(new Set(Object.values(made).map(String)).size, Object.keys(made).length);
});

test('what is there stays, and what a new version needs is added', () => {
  const made = planInstallation({}, randomBytes);
  assert.deepEqual(planInstallation(made, randomBytes), {});
  const { [entries.streamToken]: _, ...older } = made;
  assert.deepEqual(Object.keys(planInstallation(older, randomBytes)), [entries.streamToken]);
});

test('the URL of the database follows its password and its host', () => {
  const made = planDatabase({}, 'db', randomBytes);
  assert.equal(String(made['url']), `postgres://kumiki:${String(made['password'])}@db:5432/kumiki`);
  assert.deepEqual(planDatabase(made, 'db', randomBytes), {});
  const own = planDatabase({ password: Buffer.from('a/b@c') }, 'db', randomBytes);
  assert.deepEqual(Object.keys(own), ['url']);
  assert.equal(decodeURIComponent(new URL(String(own['url'])).password), 'a/b@c');
});

test('routes are those of the services that there are, and are written again only when they change', () => {
  const token = Buffer.from('a-token-of-sixteen-characters');
  const urls = { console: 'http://console:8460', accounts: 'http://accounts:8470' };
  const { 'routes.json': text } = planRoutes({}, urls, token);
  const { models, backends } = routeTableSchema.parse(JSON.parse(String(text)));
  assert.deepEqual(models, []);
  assert.deepEqual(new Set(backends.map(({ service }) => service)), new Set(['accounts', 'console']));
  assert.ok(backends.every(({ authorization }) => authorization === `Bearer ${String(token)}`));
  assert.deepEqual(planRoutes({ 'routes.json': text ?? Buffer.alloc(0) }, urls, token), {});
  assert.notDeepEqual(planRoutes({ 'routes.json': text ?? Buffer.alloc(0) }, { console: urls.console }, token), {});
});
