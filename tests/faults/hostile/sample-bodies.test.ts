import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routesWithBodies } from './hostile-routes.ts';
import { sampleBodies } from './sample-bodies.ts';

const samples = sampleBodies({ chatModel: 'm', embeddingModel: 'e', file: 'file-1', store: 'vs_1' });

test('each sample is a body that its route takes', () => {
  for (const { name, row } of routesWithBodies({})) {
    const sample = samples.get(name);
    const result = sample === undefined ? undefined : row.body.schema?.safeParse(sample);
    assert.ok(result?.success !== false, `${name}: ${result?.error?.message}`);
  }
});

test('each sample belongs to a route, and each route with a schema has one', () => {
  const routes = routesWithBodies({});
  const names = new Set(routes.map(({ name }) => name));
  for (const name of samples.keys()) assert.ok(names.has(name), `${name} is no route`);
  for (const { name, row } of routes) assert.ok(row.body.schema === null || samples.has(name), `${name} has no sample`);
});
