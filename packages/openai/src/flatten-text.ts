/**
 * V8 represents `a + b` as a node that points to both, about fifty bytes for each token of an answer. Reading one
 * character flattens the text in place.
 */
export function flattenText(text: string | null | undefined): void {
  text?.charCodeAt(0);
}
