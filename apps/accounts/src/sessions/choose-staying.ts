/** Most entries of one key, and in total. */
export interface Room {
  readonly perKey: number;
  readonly total: number;
}

/**
 * Which entries stay when a key adds another. A key at its limit loses its own oldest. At the total limit, the key with
 * the most entries loses its oldest, so that no key can evict those of others by creating many.
 * @param entries oldest first.
 */
export function chooseStaying<Entry extends { readonly keyId: string }>(
  entries: readonly Entry[],
  keyId: string,
  { perKey, total }: Room,
): readonly Entry[] {
  const there = new Map<string, number>();
  for (const entry of entries) there.set(entry.keyId, (there.get(entry.keyId) ?? 0) + 1);
  const leaving = new Map<string, number>();
  const giveUp = (key: string, count: number): void => {
    there.set(key, (there.get(key) ?? 0) - count);
    leaving.set(key, (leaving.get(key) ?? 0) + count);
  };
  giveUp(keyId, Math.max(0, (there.get(keyId) ?? 0) - perKey + 1));
  const over = [...there.values()].reduce((sum, count) => sum + count, 0) - total + 1;
  for (let left = over; left > 0; left--) giveUp(whoHasMost(there, keyId), 1);
  return entries.filter((entry) => {
    const left = leaving.get(entry.keyId) ?? 0;
    if (left === 0) return true;
    leaving.set(entry.keyId, left - 1);
    return false;
  });
}

/** The key with the most entries, where the newcomer's key counts one more. */
function whoHasMost(there: ReadonlyMap<string, number>, newcomer: string): string {
  let most: readonly [string, number] = ['', 0];
  for (const [key, count] of there) {
    const counted = key === newcomer ? count + 1 : count;
    if (count > 0 && counted > most[1]) most = [key, counted];
  }
  return most[0];
}
