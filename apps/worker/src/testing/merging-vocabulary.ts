import { seededRandom } from '@kumiki/testing';
import type { WindowVocabulary } from '../engine/llama/tokenize-in-windows.ts';

/**
 * A small vocabulary of random merges, for tests: pairs of symbols in the order of their ranks, and text that is merged
 * as in llama.cpp, the lowest rank first and the leftmost of equals.
 * @param kind `spm` puts a blank before every text; `bpe` cuts a text before each blank.
 */
export function mergingVocabulary(seed: number, alphabet: string, kind: 'bpe' | 'spm'): WindowVocabulary {
  const random = seededRandom(seed);
  const symbols = alphabet.split('');
  const pick = (): string => symbols[Math.floor(random() * symbols.length)] ?? '';
  const ranks = new Map<string, number>();
  for (let rank = 0; rank < 40; rank++) {
    const [left, right] = [pick(), pick()];
    if ((left + right).length > 16 || ranks.has(`${left}\0${right}`)) continue;
    // Ranks are not in the order of creation: a later merge may come first.
    ranks.set(`${left}\0${right}`, Math.floor(random() * 20));
    symbols.push(left + right);
  }
  const idOf = new Map([...new Set(symbols)].map((symbol, id) => [symbol, id]));
  const texts = [...idOf.keys()];
  const mergeWord = (word: string): string[] => {
    const parts = word.split('');
    for (;;) {
      let best = -1;
      let least = Number.POSITIVE_INFINITY;
      for (let at = 0; at + 1 < parts.length; at++) {
        const rank = ranks.get(`${parts[at]}\0${parts[at + 1]}`) ?? Number.POSITIVE_INFINITY;
        if (rank < least) [best, least] = [at, rank];
      }
      if (best === -1) return parts;
      parts.splice(best, 2, `${parts[best]}${parts[best + 1]}`);
    }
  };
  return {
    windows: { kind, digitsTogether: false, strips: false, wholeTexts: [] },
    tokenize(text) {
      const words = kind === 'spm' ? [` ${text}`] : text.split(/(?= )/);
      return words.flatMap(mergeWord).map((part) => idOf.get(part) ?? -1);
    },
    bytesInText: (token) => Buffer.from(texts[token] ?? '', 'utf8'),
  };
}
