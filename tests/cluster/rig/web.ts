import type { Cluster } from './cluster.ts';

const port = 8080;

/** A web server of some replicas that answer with the names of their pods, and a Service in front of them. */
export function webServer(cluster: Cluster, namespace: string, name: string, replicas: number): object[] {
  const labels = { app: name };
  const metadata = { name, namespace, labels };
  const serve = 'mkdir -p /tmp/web && hostname > /tmp/web/index.html && exec httpd -f -p 8080 -h /tmp/web';
  const container = {
    name: 'web',
    ...cluster.busybox,
    command: ['sh', '-c', serve],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
  };
  const spread = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' };
  const spec = {
    terminationGracePeriodSeconds: 0,
    topologySpreadConstraints: [{ ...spread, labelSelector: { matchLabels: labels } }],
    containers: [container],
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ port: 80, targetPort: port }] },
    },
  ];
}

/** A pod from which tests ask others. */
export function clientPod(cluster: Cluster, namespace: string, name: string): object {
  const container = { name: 'client', ...cluster.busybox, command: ['sleep', '3600'] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 0, containers: [container] },
  };
}

/** What a client pod gets from an address; null when nothing answers within three seconds. */
export async function askFrom(
  cluster: Cluster,
  namespace: string,
  client: string,
  url: string,
): Promise<string | null> {
  return cluster.kubectl('exec', '-n', namespace, client, '--', 'timeout', '3', 'wget', '-q', '-O', '-', url).then(
    (answer) => answer.trim(),
    () => null,
  );
}
