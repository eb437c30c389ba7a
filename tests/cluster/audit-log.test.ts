import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import { readAuditLog } from './rig/audit-log.ts';
import type { Cluster } from './rig/cluster.ts';
import { openCluster, whyNoFaults } from './rig/open-cluster.ts';

const skip = whyNoFaults();
const writeLimitMs = 10_000;
let cluster: Cluster;
let close: () => Promise<void>;
before(async () => {
  if (skip === false) ({ cluster, close } = await openCluster());
});
after(() => close?.());

test('the audit log tells who asked for what, and what became of it', { skip }, async () => {
  const space = await cluster.createNamespace('audit');
  await assert.rejects(
    cluster.kubectl('get', 'secrets', '-n', space, '--as', 'system:serviceaccount:default:nobody'),
    /Forbidden/,
  );
  const find = () => {
    const requests = readAuditLog(cluster.rig!.auditLog);
    const created = requests.find(({ verb, objectRef }) => verb === 'create' && objectRef?.name === space);
    const refused = requests.find(
      ({ objectRef, responseStatus }) => objectRef?.namespace === space && responseStatus?.code === 403,
    );
    return created !== undefined && refused !== undefined ? { created, refused } : null;
  };
  await until('both requests are written', writeLimitMs, () => find() !== null);
  const { created, refused } = find()!;
  assert.equal(created.user.username, 'admin');
  assert.equal(created.responseStatus?.code, 201);
  assert.equal(refused.impersonatedUser?.username, 'system:serviceaccount:default:nobody');
  assert.equal(refused.objectRef?.resource, 'secrets');
  await cluster.kubectl('delete', 'namespace', space);
});
