import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCorpus, runTarget } from './run-target.ts';
import { fuzzTargets } from './targets.ts';

const durationMs = 1_500;

for (const target of fuzzTargets) {
  test(`${target.name} reads its kept inputs and mutations of them as it must`, (t) => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const { inputs, failure } = runTarget(target, { seed, durationMs });
    t.diagnostic(`seed ${seed}: ${inputs} inputs`);
    assert.equal(failure, null, `${failure?.reason} over ${JSON.stringify(failure?.input.toString('latin1'))}`);
    assert.ok(inputs > readCorpus(target).length);
  });
}

test('what is wrong or slow is found', () => {
  const [first] = fuzzTargets;
  assert.ok(first !== undefined);
  const check = (input: Buffer): void => assert.ok(!input.includes('\r\r'), 'twice');
  const { failure } = runTarget({ ...first, words: ['\r'], check }, { seed: 1, durationMs: 20_000 });
  assert.ok(failure?.input.includes('\r\r'));
});
