import type { Item } from '../answer/response-object.ts';
import { lastUserText } from '../prompt/build-messages.ts';

/** Graphemes of a title that is made from the user's input. */
const maxOwnTitleCharacters = 60;

/** Characters that are removed from titles: control characters and direction overrides. */
const unseen = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
/** UTF-16 units that are read for each grapheme, which may have many. */
const unitsPerCharacter = 4;

/** UTF-16 units of the user's input that are searched for a title. */
const unitsLookedAt = 65_536;

/** The title of a chat without one: the first line of the user's input, cut between graphemes. */
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
