/** How much of a passage only repeats the end of the one before it; passages overlap so that no sentence is lost. */
export function overlapOf(before: string, passage: string): number {
  const tail = before.slice(-passage.length);
  // The longest beginning of the passage that ends the tail: the last value of the failure function over both.
  const joined = `${passage}\u0000${tail}`;
  const longest = new Uint32Array(joined.length);
  for (let at = 1, length = 0; at < joined.length; at++) {
    while (length > 0 && joined[at] !== joined[length]) length = longest[length - 1] ?? 0;
    if (joined[at] === joined[length]) length++;
    longest[at] = length;
  }
  return tail === '' ? 0 : (longest.at(-1) ?? 0);
}
