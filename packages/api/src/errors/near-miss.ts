/** Longest name that is compared. Longer ones get no suggestion, which bounds the cost of a hostile name. */
const maxNameLength = 128;

/** Edit distance that counts a swap of neighbours as one edit (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** The known name that a mistyped one most likely meant, or null when none is near (over a third of it differs). */
export function nearMiss(name: string, known: Iterable<string>): string | null {
  if (name.length === 0 || name.length > maxNameLength) return null;
  const lower = name.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (candidate.length > maxNameLength) continue;
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Names that a hint lists; the rest is counted. */
const listedNames = 12;

/**
 * What to say after "there is no x": the name that was most likely meant, and the names that there are. With a leading space; empty
 * where there is nothing.
 * @param label how one of them is listed; by its name alone where it is left out.
 */
export function whatThereIs(
  name: string,
  known: Iterable<string>,
  label: (known: string) => string = (one) => one,
): string {
  const names = [...new Set(known)].toSorted();
  const rest = names.length - listedNames;
  const more = rest > 0 ? ` and ${rest} more` : '';
  const list = names.length === 0 ? '' : ` There are: ${names.slice(0, listedNames).map(label).join(', ')}${more}.`;
  return `${didYouMean(name, names)}${list}`;
}

/** ` Did you mean 'x'?` with its leading space, or an empty text. For the `{hint}` of an error message. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = nearMiss(name, known);
  return near === null ? '' : ` Did you mean '${near}'?`;
}
