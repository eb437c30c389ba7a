/** Something that reads what somebody else has written. */
export interface FuzzTarget {
  readonly name: string;
  /** What inputs of it are made of, beside the corpus. */
  readonly words: readonly string[];
  /** Reads an input and throws when what comes of it is wrong, whatever the input is. */
  readonly check: (input: Buffer) => void;
}
