import { randomBytes } from 'node:crypto';
import { apiVersion } from '@kumiki/api';
import { createEventRecorder, createKubeClient, createLease, type KubeAccess } from '@kumiki/kube';
import { collectDefaultMetrics, type Log, startOpsListener } from '@kumiki/service';
import type { OperatorConfig } from './config.ts';
import { describeEvent } from './describe-event.ts';
import { manager } from './objects/object-labels.ts';
import type { Installed } from './objects/worker-image.ts';
import { createOperatorMetrics } from './operator-metrics.ts';
import { type Controller, runController } from './run-controller.ts';

/** The lease of the operator that acts. */
const leaseName = 'kumiki-operator';

export interface Operator {
  readonly opsPort: number;
  leads(): boolean;
  controller(): Controller;
  close(): Promise<void>;
}

/** Starts an operator: it follows the cluster at once, and acts while it holds the lease. */
export async function startOperator(config: OperatorConfig, access: KubeAccess, log: Log): Promise<Operator> {
  const client = createKubeClient({ access, fieldManager: manager, userAgent: 'kumiki-operator' });
  const lease = createLease({
    client,
    namespace: config.KUMIKI_NAMESPACE,
    name: leaseName,
    identity: `${config.KUMIKI_IDENTITY}_${randomBytes(4).toString('hex')}`,
    onTrouble: ({ message }) => log.warn({ why: message }, 'the lease could not be asked for'),
  });
  const events = createEventRecorder({
    client: lease.fence(client),
    controller: 'kumiki.dev/operator',
    instance: config.KUMIKI_IDENTITY,
    onTrouble: ({ message }) => log.debug({ why: message }, 'an event was not written'),
  });
  const metrics = createOperatorMetrics({
    queued: () => controller.queued(),
    leads: () => lease.held(),
    stalestSeconds: () => Math.max(...controller.caches.all().map((cache) => cache.age())) / 1_000,
  });
  collectDefaultMetrics({ register: metrics.registry });
  const controller = runController({
    client,
    writer: lease.fence(client),
    namespace: config.KUMIKI_WATCH_NAMESPACE ?? null,
    installed: installedOf(config),
    acts: () => lease.held(),
    log,
    changed({ service }, conditions) {
      for (const condition of conditions) {
        const { name } = service.manifest.metadata;
        log.info({ namespace: service.namespace, service: name, ...condition }, 'condition');
        const subject = { apiVersion, kind: 'ModelService', name, namespace: service.namespace, uid: service.uid };
        events.record(subject, describeEvent(condition));
      }
    },
    wrote: (kind) => metrics.writes.inc({ kind }),
    reconciled: (seconds, outcome) => metrics.rounds.observe({ outcome }, seconds),
  });
  lease.onChange((held) => {
    log.info({ held }, held ? 'this operator acts' : 'another operator may act');
    if (held) controller.all();
  });
  lease.start();
  const isSynced = (): boolean => controller.caches.all().every((cache) => cache.synced());
  const ops = await startOpsListener({
    host: config.KUMIKI_OPS_HOST,
    port: config.KUMIKI_OPS_PORT,
    metrics: metrics.registry,
    // An API server that is away is no reason to be started again: the caches resume by themselves.
    alive: () => null,
    ready: () => (isSynced() ? null : 'not all of the cluster is known yet'),
  });
  return {
    opsPort: ops.port,
    leads: () => lease.held(),
    controller: () => controller,
    async close() {
      await controller.stop();
      await events.stop();
      await lease.stop();
      await ops.close();
      client.close();
    },
  };
}

function installedOf(config: OperatorConfig): Installed {
  return {
    image: config.KUMIKI_WORKER_IMAGE,
    pullPolicy: config.KUMIKI_WORKER_IMAGE_PULL_POLICY,
    imagePullSecrets: config.KUMIKI_WORKER_IMAGE_PULL_SECRETS,
    namespace: config.KUMIKI_NAMESPACE,
    logLevel: config.KUMIKI_LOG_LEVEL,
  };
}
