/**
 * V8 keeps `a + b` as a node that points to both, some fifty bytes for each token of an answer. Looking at a character
 * makes one string of them all, in place.
 */
export function flattenText(text: string | null | undefined): void {
  text?.charCodeAt(0);
}
