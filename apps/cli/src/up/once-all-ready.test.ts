import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '@kumiki/api';
import { onceAllReady } from './once-all-ready.ts';

const statusOf = (model: 'True' | 'False', ...states: string[]): Status =>
  ({
    services: [{ conditions: [{ type: 'Ready', status: model }] }],
    data_services: states.map((state) => ({ state })),
  }) as unknown as Status;

test('it is told once, when the models and all data services are ready and that the former are has been told', () => {
  let now = 1_000;
  const told: number[] = [];
  const allReady = onceAllReady(
    (startMs) => told.push(startMs),
    () => now,
  );
  allReady.update(statusOf('True', 'ready', 'ready'));
  assert.deepEqual(told, []);
  allReady.begin(statusOf('True', 'starting', 'failed'), 400);
  now = 1_500;
  allReady.update(statusOf('True', 'ready', 'failed'));
  allReady.update(statusOf('False', 'ready', 'ready'));
  assert.deepEqual(told, []);
  now = 1_700;
  allReady.update(statusOf('True', 'ready', 'ready'));
  allReady.update(statusOf('True', 'ready', 'ready'));
  assert.deepEqual(told, [1_100]);
});

test('where nothing is waited for it is told at once', () => {
  const told: number[] = [];
  onceAllReady(
    (startMs) => told.push(startMs),
    () => 5_000,
  ).begin(statusOf('True', 'ready'), 300);
  assert.deepEqual(told, [300]);
});
