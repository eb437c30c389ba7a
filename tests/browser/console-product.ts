import type { CreatedKey } from '@kumiki/api';
import { simulatedManifest, startUpProduct, type UpProduct } from '@kumiki/testing';

/** The product, with what tests of the console need. */
export interface ConsoleProduct extends Omit<UpProduct, 'newKey'> {
  newKey(name: string, roles: readonly ('inference' | 'admin')[]): Promise<CreatedKey>;
  /** Kills a process of the product, like the out-of-memory killer. */
  kill(pid: number): void;
}

/** Starts the product with these manifests, or with the shipped models. */
export async function startConsoleProduct(manifests?: string): Promise<ConsoleProduct> {
  const product = await startUpProduct(manifests);
  return {
    ...product,
    newKey: (name, roles) => product.newKey({ name, roles }),
    kill: (pid) => {
      process.kill(pid, 'SIGKILL');
    },
  };
}

/** A manifest of a simulated model. */
export function simulatedModel(name: string, interTokenLatencyMs: number, replicas = 1): string {
  return simulatedManifest(name, { interTokenLatencyMs, replicas });
}

/** A manifest of a model that another server serves. */
export function remoteModel(name: string, baseUrl: string): string {
  return `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: ${name}
spec:
  model:
    source: '${baseUrl}'
  engine:
    kind: openai
`;
}
