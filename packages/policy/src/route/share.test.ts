import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Candidate } from './choose.ts';
import { forProject, shareOf } from './share.ts';

const candidate: Candidate = { id: 'a', hash: 1, inFlight: 10, maxInFlight: 80, eligible: true };

test('a project that is alone may use all running slots, and leaves queue slots to newcomers', () => {
  assert.equal(shareOf(80, 16, false), 64);
  assert.equal(shareOf(256, null, false), 256);
  assert.equal(shareOf(1, 1, false), 1);
});

test('beside others a project has three quarters of what runs at once, and one place at least', () => {
  assert.equal(shareOf(80, 16, true), 12);
  assert.equal(shareOf(256, null, true), 192);
  assert.equal(shareOf(80, 1, true), 1);
});

test('a replica that holds the share of a project is full for it, and as it was for all others', () => {
  const full = forProject(candidate, 16, { inFlight: 12, asked: 1, othersAsk: true });
  assert.ok(full.inFlight >= full.maxInFlight);
  assert.equal(forProject(candidate, 16, { inFlight: 11, asked: 1, othersAsk: true }), candidate);
});

test('a request counts as many answers as it asks for, and one that is larger than the share goes where nothing else is', () => {
  const full = forProject(candidate, 16, { inFlight: 11, asked: 2, othersAsk: true });
  assert.ok(full.inFlight >= full.maxInFlight);
  assert.equal(forProject(candidate, 16, { inFlight: 10, asked: 2, othersAsk: true }), candidate);
  assert.equal(forProject(candidate, 16, { inFlight: 0, asked: 100, othersAsk: true }), candidate);
});

test('whatever one project does beside another, some of what runs is left to the other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 512 }), fc.integer({ min: 0, max: 512 }), (running, waiting) => {
      const share = shareOf(running + waiting, running, true);
      assert.ok(share >= 1 && share < running);
      assert.ok(waiting < 2 || shareOf(running + waiting, running, false) < running + waiting);
    }),
  );
});
