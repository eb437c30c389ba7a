import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFilter, readOrder } from './requests-address.ts';

const address = (values: Readonly<Record<string, string>>) => (name: string) => values[name] ?? '';

test('an address without anything shows all, the newest first', () => {
  assert.deepEqual(readFilter(address({})), { text: '', model: '', outcome: '', path: '', minMs: 0 });
  assert.deepEqual(readOrder(address({})), { key: 'time', ascending: false, problemsFirst: false });
});

test('an address holds filter and order', () => {
  const values = address({ q: 'req_1', outcome: 'failed', min: '500', sort: 'ttft', first: 'problems' });
  assert.deepEqual(readFilter(values), { text: 'req_1', model: '', outcome: 'failed', path: '', minMs: 500 });
  assert.deepEqual(readOrder(values), { key: 'ttft', ascending: true, problemsFirst: true });
  assert.equal(readOrder(address({ sort: '-duration' })).ascending, false);
});

test('nonsense in an address is as nothing', () => {
  assert.equal(readFilter(address({ min: 'soon' })).minMs, 0);
  assert.equal(readOrder(address({ sort: '-colour' })).key, 'time');
});
