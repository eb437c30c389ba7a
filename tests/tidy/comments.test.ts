import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineAt, read, sourceFiles } from '../repository/source-files.ts';
import { bareCode } from './bare-code.ts';

/** A phrase that readers stop at, and what to write instead. */
interface Phrase {
  /** A regular expression; a blank in it stands for any white space, line breaks of a comment included. */
  readonly phrase: string;
  readonly instead: string;
}

const phrases: readonly Phrase[] = [
  { phrase: 'whoever|whomever', instead: 'name them: the caller, a client, the process that' },
  { phrase: 'anew', instead: 'again; starts over; a new' },
  { phrase: 'for so long', instead: 'for this time' },
  { phrase: 'so many(?! that)', instead: 'that many; most' },
  { phrase: 'the very (?!first|last|beginning|end)\\w+', instead: 'the same; exactly' },
  { phrase: 'save (?:for|where|when|what|that which|those|at the|in the)', instead: 'except' },
  { phrase: 'hears? (?:nothing )?of', instead: 'is notified of; learns of' },
  {
    phrase: '(?:is|are|was|were|be|been) told(?! (?:not )?to)',
    instead: 'is reported, notified or sent; is distinguished',
  },
  { phrase: 'tells? of', instead: 'reports; shows' },
  { phrase: 'nobody else', instead: 'no other process, key or client' },
  { phrase: 'in the place of', instead: 'instead of; replacing' },
  { phrase: 'gives? way', instead: 'yields' },
  { phrase: '(?:falls?|fallen|fell) silent', instead: 'stops responding; hangs' },
  { phrase: '(?:stands?|stood) still', instead: 'makes no progress; has stalled' },
  { phrase: '(?:can|cannot|could) be had', instead: 'is available; can be obtained' },
  { phrase: 'lets? go of', instead: 'releases' },
  { phrase: 'by turns', instead: 'alternately; in turn' },
];

/** Folders whose comments are still to be rewritten. No new one is added. */
const exempt: readonly string[] = [];

/** The comments of a source text. Everything else is blank, and every character keeps its position. */
function commentsOf(source: string): string {
  const blanks = source.replaceAll(/[^\n]/g, ' ');
  const parts: string[] = [];
  let end = 0;
  const onComment = (from: number, to: number): void => {
    parts.push(blanks.slice(end, from), source.slice(from, to));
    end = to;
  };
  bareCode(source, { keepStrings: true, onComment });
  return [...parts, blanks.slice(end)]
    .join('')
    .replaceAll(/^( *)(\/\*\*?|\*|\/\/)/gm, (mark) => ' '.repeat(mark.length));
}

/** Whether a text may contain a phrase: most files have none, and need no look at their comments. */
const maybe = new RegExp(phrases.map(({ phrase }) => phrase.replaceAll(' ', '[\\s*/]+')).join('|'), 'i');

/** Every phrase in the comments of a source text, as `line "found": instead`. */
function findPhrases(source: string): string[] {
  if (!maybe.test(source)) return [];
  const comments = commentsOf(source);
  return phrases.flatMap(({ phrase, instead }) =>
    [...comments.matchAll(new RegExp(`\\b(?:${phrase.replaceAll(' ', '\\s+')})\\b`, 'gi'))].map(
      ({ 0: found, index }) => `${lineAt(comments, index)} "${found.replaceAll(/\s+/g, ' ')}": ${instead}`,
    ),
  );
}

test('comments are plain English: no phrase that a reader stops at', () => {
  const found = sourceFiles
    .filter((path) => path !== 'tests/tidy/comments.test.ts' && !exempt.some((folder) => path.startsWith(folder)))
    .flatMap((path) => findPhrases(read(path)).map((line) => `${path}:${line}`));
  assert.deepEqual(found, []);
});

test('phrases are found in comments only, over line breaks too', () => {
  const source = "// whoever\nconst text = 'anew'; /* for\n * so long */\nconst url = 'http://a'; // a save for b\n";
  assert.deepEqual(
    findPhrases(source).map((line) => line.replace(/:.*/, '')),
    ['1 "whoever"', '2 "for so long"', '4 "save for"'],
  );
});
