import { startUpProduct, type UpProduct } from '../hostile/up-product.ts';

/** A model that answers at once, so that any delay is the gateway's. */
const manifest = `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata: { name: shop }
spec:
  model: { source: 'simulated:' }
  engine: { kind: simulated, simulated: { interTokenLatencyMs: 1 } }
`;

export function startFloodProduct(): Promise<UpProduct> {
  return startUpProduct(manifest);
}
