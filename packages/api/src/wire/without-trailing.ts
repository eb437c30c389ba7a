/**
 * A text without the run of one character at its end. A regular expression would take quadratic time, as it tries each
 * place where such a run begins.
 */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end--;
  return text.slice(0, end);
}
