import { stripVTControlCharacters } from 'node:util';

/** Makes untrusted text safe for a terminal: removes control characters, which could move the cursor or hide text. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}/gu, (character) =>
    character === '\n' || character === '\t' ? character : '',
  );
}
