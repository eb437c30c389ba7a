/** Approximate bytes of a value that is neither text nor bytes. */
const smallBytes = 16;

/**
 * Approximate bytes of rows; counting stops beyond `maxBytes`. Texts count two bytes per character, the worst case of a
 * copy.
 */
export function measureRows(rows: readonly unknown[], maxBytes: number): number {
  let bytes = 0;
  const left: unknown[] = [...rows];
  while (left.length > 0 && bytes <= maxBytes) {
    const value = left.pop();
    if (typeof value === 'string') bytes += value.length * 2;
    else if (value instanceof Uint8Array) bytes += value.byteLength;
    else {
      bytes += smallBytes;
      if (typeof value !== 'object' || value === null) continue;
      for (const one of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) left.push(one);
    }
  }
  return bytes;
}
