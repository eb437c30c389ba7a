/**
 * Where a text without words may be cut for {@link tokenizeInWindows}. Tokenizers of the BPE kind first cut a text into
 * words by a pattern, so a cut must leave both sides with the words, or parts of words, that the whole text has. Inside
 * a run of characters of one kind every pattern of llama.cpp does so: a word extends to the end of the run on either
 * side.
 */
export interface WindowRules {
  /** `bpe` cuts a text into words first; `spm` takes it as one. */
  readonly kind: 'bpe' | 'spm';
  /**
   * Whether the pattern takes a run of digits of any length as one word, and does not split it into groups of three.
   */
  readonly digitsTogether: boolean;
  /** Whether some tokens remove white space beside them. */
  readonly strips: boolean;
  /** Texts that become one token wherever they occur. */
  readonly wholeTexts: readonly string[];
}

/**
 * Two characters before a cut and two after it. One is not enough, since a mark before letters can begin their word.
 */
const sameKind = /^(?:[a-z]{4}|[A-Z]{4}|[ぁ-んァ-ヺー一-龥]{4}|[가-힣]{4})$/;
const digits = /^[0-9]{4}$/;
const betweenNumbers = /^[0-9][,;]$/;

/** Some patterns group blanks: in fours, or in powers of two up to this. */
const blanksTogether = 512;

export type CutCheck = (text: string, at: number) => boolean;

/** A run of one blank that was walked back to its begin, so that the next place in it need not walk again. */
interface BlankRun {
  readonly text: string;
  readonly begin: number;
  /** The run is known up to here. */
  readonly upTo: number;
}

/**
 * Whether a text may be cut before its character (UTF-16 unit) `at`. Checks of many places in one text take time linear in its
 * length, all together.
 */
export function createCutCheck(rules: WindowRules): CutCheck {
  const wholeTexts = rules.wholeTexts.filter((text) => text.length > 1);
  const runBegin = createRunBegin();
  return (text, at) => {
    if (at <= 0 || at >= text.length) return at === text.length;
    if (isLowSurrogate(text.charCodeAt(at))) return false;
    if (rules.strips && (isBlank(text.charAt(at)) || isBlank(text.charAt(at - 1)))) return false;
    if (rules.kind === 'bpe' && !isInsideRun(text, at, rules, runBegin)) return false;
    return !wholeTexts.some((whole) => spans(text, at, whole));
  };
}

type RunBegin = (text: string, at: number) => number;

function isInsideRun(text: string, at: number, rules: WindowRules, runBegin: RunBegin): boolean {
  const around = text.slice(at - 2, at + 2);
  if (sameKind.test(around) || betweenNumbers.test(text.slice(at - 1, at + 1))) return true;
  if (rules.digitsTogether && digits.test(around)) return true;
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const { length } = character;
  if (text.slice(at - 2 * length, at + 2 * length) !== character.repeat(4)) return false;
  if (/[\p{N}\r]/u.test(character)) return false;
  return !isBlank(character) || isBetweenBlanks(text, runBegin(text, at), at);
}

function isBetweenBlanks(text: string, begin: number, at: number): boolean {
  if ((at - begin) % blanksTogether !== 0) return false;
  // Line feeds after a mark belong to the mark's word; those after a letter are separate words.
  return text[at] !== '\n' || begin === 0 || /[\p{L}\p{N}]/u.test(text.charAt(begin - 1));
}

/** Where the run of equal characters begins that `at` stands in or behind. */
function createRunBegin(): RunBegin {
  let known: BlankRun | null = null;
  return (text, at) => {
    const run = known !== null && known.text === text ? known : null;
    let begin = at;
    while (begin > 0 && text[begin - 1] === text[at]) {
      if (run !== null && begin > run.begin && begin <= run.upTo) {
        begin = run.begin;
        break;
      }
      begin--;
    }
    known = { text, begin, upTo: Math.max(at, run?.begin === begin ? run.upTo : at) };
    return begin;
  };
}

function isBlank(character: string): boolean {
  return /\s/u.test(character);
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Whether an occurrence of `whole` spans the cut. */
function spans(text: string, at: number, whole: string): boolean {
  const begin = Math.max(0, at - whole.length + 1);
  return text.slice(begin, at + whole.length - 1).includes(whole);
}
