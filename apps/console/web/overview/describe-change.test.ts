import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '@kumiki/api';
import { describeChange } from './describe-change.ts';

const change: Change = {
  object: 'kumiki.change',
  id: 'change_1',
  at: 0,
  kind: 'service.scaled',
  severity: 'info',
  subject: 'chat',
  params: { from: 1, to: 2 },
  message: 'chat was scaled from 1 to 2.',
  by: null,
};

test('a change is told by its kind and its values', () => {
  assert.deepEqual(describeChange(change), { message: 'service_scaled', values: { subject: 'chat', from: 1, to: 2 } });
});

test('a change whose values are missing, or of a later version’s kind, keeps the product’s own sentence', () => {
  assert.equal(describeChange({ ...change, params: {} }), null);
  assert.equal(describeChange({ ...change, kind: 'region.moved' as Change['kind'] }), null);
});
