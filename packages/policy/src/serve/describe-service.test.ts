import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceStatusSchema } from '@kumiki/api';
import { describeService } from './describe-service.ts';
import { exited } from './end.ts';
import type { ObservedReplica } from './observed-replica.ts';
import type { ServedService } from './served-service.ts';
import { processTargetOf, replicaOf, servedOf } from './testing/served.ts';

const noneRefused = { refusalOf: (): string | null => null };
const shop = servedOf('shop', { replicas: 2 });
const target = processTargetOf(shop);
const ready = replicaOf(target);
const starting = replicaOf(target, { id: 'shop-1', readyAt: null, load: null, progress: 0.5 });
const failed = replicaOf(target, {
  id: 'shop-2',
  readyAt: null,
  load: null,
  url: null,
  crashes: 3,
  ended: { at: 1, ...exited(1) },
  lastEnd: exited(1),
});
const former = replicaOf(target, { id: 'shop-3', revision: 'former' });

/** The conditions as `Type=Status Reason`. */
function conditionsOf(service: ServedService, replicas: readonly ObservedReplica[], outside = noneRefused): string[] {
  const status = serviceStatusSchema.parse(describeService(service, replicas, outside));
  return status.conditions.map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);
}

test('the conditions of a service say what is, what is on its way and what is wrong', () => {
  const cases: readonly [string, ServedService, readonly ObservedReplica[], readonly string[]][] = [
    ['nothing yet', shop, [], ['Ready=False NoReplicaReady', 'Progressing=True Scaling', 'Degraded=False AsWanted']],
    [
      'one of two',
      shop,
      [ready, starting],
      ['Ready=True Serving', 'Progressing=True Scaling', 'Degraded=False AsWanted'],
    ],
    [
      'both',
      shop,
      [ready, { ...ready, id: 'shop-9' }],
      ['Ready=True Serving', 'Progressing=False Complete', 'Degraded=False AsWanted'],
    ],
    [
      'one fails',
      shop,
      [ready, failed],
      ['Ready=True Serving', 'Progressing=True Scaling', 'Degraded=True ReplicaFails'],
    ],
    [
      'a rollout',
      shop,
      [former, starting],
      ['Ready=True Serving', 'Progressing=True RollingOut', 'Degraded=False AsWanted'],
    ],
    [
      'a rollout that fails',
      shop,
      [former, failed],
      ['Ready=True Serving', 'Progressing=True RollingOut', 'Degraded=True NewRevisionFails'],
    ],
    [
      'none wanted',
      servedOf('shop', { replicas: 0 }),
      [],
      ['Ready=True ScaledToZero', 'Progressing=False Complete', 'Degraded=False AsWanted'],
    ],
    [
      'not resolved',
      { ...shop, resolution: { ok: false, reason: 'there is no file /a' } },
      [],
      ['Ready=False NothingToServe', 'Progressing=False Complete', 'Degraded=True CannotBeServed'],
    ],
  ];
  for (const [name, service, replicas, expected] of cases) {
    assert.deepEqual(conditionsOf(service, replicas), expected, name);
  }
});

test('a server of others that may not be used counts for nothing, with the reason', () => {
  const remote = servedOf('far', { model: { source: 'https://far.example' }, engine: { kind: 'openai' } });
  assert.equal(conditionsOf(remote, [])[0], 'Ready=True Serving');
  const refused = { refusalOf: () => 'it is not allowed' };
  assert.deepEqual(conditionsOf(remote, [], refused), [
    'Ready=False NoReplicaReady',
    'Progressing=False Complete',
    'Degraded=True MayNotBeUsed',
  ]);
});

test('a replica is shown with its process only where that is seen', () => {
  const [shown] = describeService(shop, [ready], noneRefused).replicas;
  assert.deepEqual([shown?.pid, shown?.phase, shown?.reason], [null, 'ready', 'takes requests as shop-0']);
  const [local] = describeService(shop, [ready], noneRefused, () => ({ pid: 42, rssBytes: 7 })).replicas;
  assert.equal(local?.pid, 42);
  const [again] = describeService(shop, [failed], noneRefused).replicas;
  assert.equal(again?.reason, 'it ended with status 1, 3 times in a row; it will be started again');
});
