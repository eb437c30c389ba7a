/**
 * The replica behind an endpoint's id: the id is the replica's, with `.N` after its Nth restart. What is not run here is
 * named by its address and stays as it is.
 */
export function replicaOf(endpoint: string): string {
  return endpoint.includes('://') ? endpoint : endpoint.replace(/\.\d+$/, '');
}
