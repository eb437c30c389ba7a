import { readdirSync, readFileSync } from 'node:fs';
import { type KeyOptions, startUpProduct, type UpProduct } from '@kumiki/testing';

/** The product, with checks of whether something that a client sends harms it. */
export interface HostileProduct extends UpProduct {
  /** Creates a key of a project. */
  addKey(options: KeyOptions): Promise<string>;
  /** The process that ended, or the replica that was restarted; null when all initial processes still run. */
  firstDeath(): Promise<string | null>;
  /** Resident memory of `kumiki up` and of all its children, in bytes. */
  rssBytes(): number;
}

/** Starts the product with these manifests; resolves when everything in them and the data services are ready. */
export async function startHostileProduct(manifests: string): Promise<HostileProduct> {
  const product = await startUpProduct(manifests);
  const { child } = product.up;
  return {
    ...product,
    addKey: async (options) => (await product.newKey(options)).value,
    async firstDeath() {
      if (child.exitCode !== null || child.signalCode !== null)
        return `kumiki up (${child.signalCode ?? child.exitCode})`;
      const { services } = await product.status();
      const restarted = services.flatMap(({ replicas }) => replicas).find(({ restarts }) => restarts > 0);
      return restarted === undefined ? null : whyRestarted(restarted.id, product.up.stdout());
    },
    rssBytes: () => familyOf(product.pid).reduce((sum, member) => sum + rssOf(member), 0),
  };
}

/** A replica and the reasons that `kumiki up` gave for its states. */
function whyRestarted(id: string, output: string): string {
  const reasons = output.split('\n').flatMap((line) => {
    if (!line.includes(`"id":"${id}"`)) return [];
    const { phase, reason } = JSON.parse(line) as { phase: string; reason: string };
    return reason === '' ? [] : [`${phase}: ${reason}`];
  });
  return `replica ${id} (${[...new Set(reasons)].slice(-reasonsShown).join('; ')})`;
}

const reasonsShown = 5;

/** The process and its descendants, from /proc. */
function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const family = [pid];
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  }
  return family;
}

function rssOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

/** A manifest of a simulated chat model at the speed of a small real one. */
export function pacedModel(name: string, replicas: number): string {
  return `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: ${name}
spec:
  model:
    source: 'simulated:'
  engine:
    kind: simulated
    maxSequences: 16
    maxWaiting: 64
    simulated:
      prefillTokensPerSecond: 2000
      interTokenLatencyMs: 10
  replicas: ${replicas}
---
`;
}

/** The shipped models, which the real engine runs. */
export const demoModels = `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: demo-chat
spec:
  model:
    source: demo:chat
  replicas: 1
---
apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: demo-embedding
spec:
  task: embedding
  model:
    source: demo:embedding
  replicas: 1
---
`;
