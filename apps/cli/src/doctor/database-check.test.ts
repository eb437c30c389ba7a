import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDatabase, judgeServer } from './database-check.ts';

test('a server is judged by its version and that of pgvector', () => {
  for (const [versionNumber, vector, state] of [
    [150_000, '0.7.0', 'ok'],
    [170_006, '0.10.1', 'ok'],
    [180_000, '1.0', 'ok'],
    [140_018, '0.8.1', 'fail'],
    [170_006, '0.6.2', 'fail'],
    [170_006, null, 'fail'],
  ] as const) {
    const finding = judgeServer({ version: 'x', versionNumber, vector });
    assert.equal(finding.state, state, JSON.stringify([versionNumber, vector]));
    assert.equal(finding.remedy === null, state === 'ok');
  }
});

test('without a URL the database is embedded, and a server that is away says why', async () => {
  assert.deepEqual(await checkDatabase(null, 'data'), {
    check: 'database',
    state: 'ok',
    found: 'embedded, in data',
    remedy: null,
  });
  const { state, found } = await checkDatabase('postgres://nobody@127.0.0.1:9/nothing', 'data');
  assert.equal(state, 'fail');
  assert.match(found, /ECONNREFUSED/);
});
