/** Longest generated input. */
const maxInputBytes = 4_096;

export interface MutationSource {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly corpus: readonly Buffer[];
  readonly words: readonly string[];
}

/** An input of the corpus with one to four changes: bytes, words, pieces of others, cuts and repetitions. */
export function mutateInput({ random, corpus, words }: MutationSource): Buffer {
  const below = (limit: number): number => Math.floor(random() * limit);
  const one = <Item>(items: readonly Item[]): Item | undefined => items[below(items.length)];
  let input = one(corpus) ?? Buffer.alloc(0);
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(input.length + 1);
    const end = at + below(Math.min(64, input.length - at + 1));
    const before = input.subarray(0, at);
    switch (below(6)) {
      case 0:
        input = Buffer.concat([before, Buffer.from(one(words) ?? ''), input.subarray(at)]);
        break;
      case 1:
        input = Buffer.concat([before, Buffer.from([below(256)]), input.subarray(at + 1)]);
        break;
      case 2:
        input = Buffer.concat([before, input.subarray(end)]);
        break;
      case 3:
        input = Buffer.concat([input.subarray(0, end), input.subarray(at)]);
        break;
      case 4: {
        const other = one(corpus) ?? before;
        input = Buffer.concat([before, other.subarray(below(other.length + 1))]);
        break;
      }
      default:
        input = Buffer.concat([before, ...Array<Buffer>(below(20)).fill(input.subarray(at, end)), input.subarray(at)]);
    }
  }
  return input.subarray(0, maxInputBytes);
}
