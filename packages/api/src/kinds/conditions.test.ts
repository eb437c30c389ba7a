import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Condition, conditionFor, conditionReasons, conditionSchema, type ConditionType } from './conditions.ts';

test('every reason is CamelCase, has one status, and gives a condition that the schema takes', () => {
  const all = Object.entries(conditionReasons).flatMap(([type, reasons]) =>
    Object.entries(reasons).map(([reason, status]) => ({ type, reason, status })),
  );
  assert.equal(new Set(all.map(({ reason }) => reason)).size, all.length, 'a reason belongs to one type');
  for (const { type, reason, status } of all) {
    assert.match(reason, /^([A-Z][a-z]+)+$/);
    const condition = conditionFor(type as ConditionType, reason as Condition['reason'], 'why');
    assert.deepEqual(conditionSchema.parse(condition), { type, status, reason, message: 'why' });
  }
});

test('a reason of another type or of none is refused', () => {
  for (const reason of ['ReplicaFails', 'Unheard']) {
    assert.ok(!conditionSchema.safeParse({ type: 'Ready', status: 'False', reason, message: '' }).success);
  }
});
