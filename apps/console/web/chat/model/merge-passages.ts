/** A document's text, put together from passages that overlap, and where each of them stands in it. */
export interface Document {
  readonly text: string;
  /** From the first character to that after the last, for each passage. */
  readonly places: readonly (readonly [number, number])[];
}

/** Longest overlap that is looked for. */
const maxOverlap = 8_000;

/** Puts passages in order after each other, without what one repeats of the one before. */
export function mergePassages(passages: readonly string[]): Document {
  let text = '';
  const places: (readonly [number, number])[] = [];
  for (const passage of passages) {
    const overlap = overlapOf(text, passage);
    const joint = overlap === 0 && text !== '' ? '\n\n' : '';
    const start = text.length + joint.length - overlap;
    text += joint + passage.slice(overlap);
    places.push([start, start + passage.length]);
  }
  return { text, places };
}

/** How many characters the end of one text and the beginning of the next have in common: a prefix function, so linear. */
function overlapOf(before: string, next: string): number {
  const most = Math.min(before.length, next.length, maxOverlap);
  const tail = before.slice(before.length - most);
  const head = next.slice(0, most);
  const fallback = new Int32Array(most);
  for (let at = 1, length = 0; at < most; at++) {
    while (length > 0 && head[at] !== head[length]) length = fallback[length - 1] ?? 0;
    if (head[at] === head[length]) length++;
    fallback[at] = length;
  }
  let matched = 0;
  for (let at = 0; at < most; at++) {
    while (matched > 0 && (matched === most || tail[at] !== head[matched])) matched = fallback[matched - 1] ?? 0;
    if (tail[at] === head[matched]) matched++;
  }
  return matched;
}

/** Where a passage stands in a document: as one of its passages, or as a piece of its text. null when it is not there. */
export function placeOf(
  document: Document,
  passages: readonly string[],
  wanted: string,
): readonly [number, number] | null {
  const index = passages.indexOf(wanted);
  const place = document.places[index];
  if (place !== undefined) return place;
  const at = document.text.indexOf(wanted);
  return at === -1 ? null : [at, at + wanted.length];
}
