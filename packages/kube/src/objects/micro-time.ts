/** Kubernetes' MicroTime. The clock here has milliseconds. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
