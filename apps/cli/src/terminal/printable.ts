import { stripVTControlCharacters } from 'node:util';

/** Text from outside as a terminal may get it: no control characters that could move the cursor or hide something. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}/gu, (character) =>
    character === '\n' || character === '\t' ? character : '',
  );
}
