import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionFor } from '@kumiki/api';
import { describeEvent } from './describe-event.ts';

test('what a person has to look at is a warning', () => {
  const types = [
    conditionFor('Ready', 'Serving'),
    conditionFor('Ready', 'NoReplicaReady'),
    conditionFor('Progressing', 'RollingOut'),
    conditionFor('Degraded', 'ImageUnavailable'),
    conditionFor('Fits', 'NoRoom'),
    conditionFor('Fits', 'Placed'),
  ].map((condition) => describeEvent(condition).type);
  assert.deepEqual(types, ['Normal', 'Warning', 'Normal', 'Warning', 'Warning', 'Normal']);
});
