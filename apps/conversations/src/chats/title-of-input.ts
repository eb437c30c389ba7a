import type { Item } from '../answer/response-object.ts';
import { lastUserText } from '../prompt/build-messages.ts';

/** Characters, as people count them, of a title that is made from what the user said. */
const maxOwnTitleCharacters = 60;

/** What no title shows: controls, and what turns the direction of all that follows. */
const unseen = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
/** UTF-16 units that are looked at for each character as people count them, which may be of many. */
const unitsPerCharacter = 4;

/** UTF-16 units of what the user said that are looked at: a title stands at the beginning, or there is none. */
const unitsLookedAt = 65_536;

/** What a chat without a title is called: the first line of what the user said, cut at a whole character. */
export function titleOfInput(input: readonly Item[]): string {
  const lines = (lastUserText(input) ?? '')
    .slice(0, unitsLookedAt)
    .split('\n')
    .map((line) => oneLine(line));
  const line = lines.find((text) => text !== '') ?? '';
  const start = line.slice(0, maxOwnTitleCharacters * unitsPerCharacter).toWellFormed();
  const characters = Array.from(new Intl.Segmenter().segment(start), ({ segment }) => segment);
  const title = characters.slice(0, maxOwnTitleCharacters).join('').trimEnd();
  return title.length < line.length ? `${title}…` : title;
}

function oneLine(text: string): string {
  return text.toWellFormed().replace(unseen, ' ').replace(/\s+/gu, ' ').trim();
}
