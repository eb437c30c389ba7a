/**
 * What a worker measured of an answer. A gateway that asks for token ids gets it in a comment line of the stream's last
 * frame (`: timings 0.4 31.0 902.5`), and in a header when the reply is not a stream. Outside servers do not send it.
 */
export interface Timings {
  /** Waiting for a sequence. */
  readonly queueMs: number;
  /** Reading the prompt. */
  readonly prefillMs: number;
  /** Generating the answer, after the prefill. */
  readonly decodeMs: number;
}

/** The start of the comment line. */
export const timingsCommentPrefix = ': timings ';

const pattern = /^(\d{1,9}(?:\.\d{1,3})?) (\d{1,9}(?:\.\d{1,3})?) (\d{1,9}(?:\.\d{1,3})?)$/;

export function formatTimings({ queueMs, prefillMs, decodeMs }: Timings): string {
  return `${queueMs.toFixed(1)} ${prefillMs.toFixed(1)} ${decodeMs.toFixed(1)}`;
}

/** null for any other text. */
export function parseTimings(text: string): Timings | null {
  const match = pattern.exec(text);
  return match === null ? null : { queueMs: Number(match[1]), prefillMs: Number(match[2]), decodeMs: Number(match[3]) };
}
