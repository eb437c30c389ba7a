import { startHostileProduct, type HostileProduct } from '../hostile/hostile-product.ts';

/** A model that answers at once, so that any delay is the gateway's. */
const manifest = `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata: { name: shop }
spec:
  model: { source: 'simulated:' }
  engine: { kind: simulated, simulated: { interTokenLatencyMs: 1 } }
`;

export function startFloodProduct(): Promise<HostileProduct> {
  return startHostileProduct(manifest);
}
