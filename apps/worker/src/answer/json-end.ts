/**
 * Finds where a JSON object that arrives in pieces ends, by its braces and strings alone. It does not check the JSON:
 * the model's text is passed on unchanged.
 */
export interface JsonEnd {
  /**
   * How many characters of the piece belong to the object. It has ended when they are fewer than the piece has, or when
   * `ended` is true. A `<` outside a string is not JSON and ends it too.
   */
  push(text: string): number;
  readonly ended: boolean;
}

export function createJsonEnd(): JsonEnd {
  let depth = 0;
  let inString = false;
  let escaped = false;
  const scanner = {
    ended: false,
    push(text: string): number {
      for (let at = 0; at < text.length; at++) {
        const character = text.charCodeAt(at);
        if (inString) {
          if (escaped) escaped = false;
          else if (character === 0x5c) escaped = true;
          else if (character === 0x22) inString = false;
        } else if (character === 0x22) {
          inString = true;
        } else if (character === 0x7b || character === 0x5b) {
          depth += 1;
        } else if (character === 0x7d || character === 0x5d) {
          depth -= 1;
          if (depth <= 0) {
            scanner.ended = true;
            return at + 1;
          }
        } else if (character === 0x3c) {
          scanner.ended = true;
          return at;
        }
      }
      return text.length;
    },
  };
  return scanner;
}
