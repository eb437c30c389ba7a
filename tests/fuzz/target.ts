/** A parser of untrusted input. */
export interface FuzzTarget {
  readonly name: string;
  /** Words that inputs are made of, beside the corpus. */
  readonly words: readonly string[];
  /** Parses an input and throws when an invariant is violated. */
  readonly check: (input: Buffer) => void;
}
