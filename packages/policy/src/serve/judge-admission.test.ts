import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AdmissionInput, judgeAdmission } from './judge-admission.ts';
import type { ServedService } from './served-service.ts';
import { processTargetOf, servedOf } from './testing/served.ts';

const mebibyte = 1_048_576;

function large(name: string, replicas: number): ServedService {
  const service = servedOf(name, { replicas });
  const target = processTargetOf(service);
  const launch = { ...target.launch, fileBytes: 1_000 * mebibyte };
  return { ...service, resolution: { ok: true, targets: [{ ...target, launch }] } };
}

function judge(change: Partial<AdmissionInput>): string | null {
  const refusal = judgeAdmission({ next: [], others: [], maxServices: 3, machine: null, ...change });
  return refusal === null ? null : `${refusal.code}: ${refusal.message}`;
}

test('services are taken until there are too many, and one that is there again is no other', () => {
  const three = ['a', 'b', 'c'].map((name) => servedOf(name));
  assert.equal(judge({ next: three }), null);
  assert.equal(judge({ next: [servedOf('c')], others: three.slice(0, 2) }), null);
  assert.match(judge({ next: [servedOf('d')], others: three }) ?? '', /^conflict: .*at most 3 services/);
});

test('a name or an alias leads to one service', () => {
  const others = [servedOf('a', { model: { source: 'simulated:', aliases: ['small'] } })];
  const refusal = judge({ others, next: [servedOf('small')] });
  assert.match(refusal ?? '', /^conflict: small: the model name 'small' is already that of the service 'a'/);
  assert.match(judge({ next: [servedOf('b'), servedOf('b')] }) ?? '', /the model name 'b' is already/);
});

test('what cannot fit beside what runs is refused with the most that would, where one machine has to hold it', () => {
  const next = [large('a', 3)];
  const machine = { freeBytes: 1_600 * mebibyte, running: [] };
  assert.match(judge({ next, machine }) ?? '', /^insufficient_memory: .*Set spec\.replicas to 2\./);
  assert.match(judge({ next, machine: { ...machine, freeBytes: 1 } }) ?? '', /Take a smaller model/);
  assert.equal(judge({ next, machine: { ...machine, freeBytes: 1_900 * mebibyte } }), null);
  assert.equal(judge({ next }), null);
});

test('replicas that run already take no more memory', () => {
  const service = large('a', 3);
  const { key, revision } = processTargetOf(service);
  const running = [1, 2, 3].map(() => ({ key, revision }));
  assert.equal(judge({ next: [service], machine: { freeBytes: 0, running } }), null);
  const former = running.map(() => ({ key, revision: 'former' }));
  assert.notEqual(judge({ next: [service], machine: { freeBytes: 0, running: former } }), null);
});
