/** Everything that bounds the parsing of one document, and of all documents at once. */

const kibibyte = 1_024;
const mebibyte = 1_024 * kibibyte;

export const documentBytesLimit = 128 * mebibyte;
/** Of the text that a document becomes. A book has a million. */
export const textCharacterLimit = 20_000_000;
export const blockLimit = 500_000;
export const pageLimit = 10_000;
/** Nested objects and lists of a JSON document. */
export const jsonDepthLimit = 200;
export const zipEntryLimit = 10_000;
/** Of one part of a DOCX file, counted while it is inflated, whatever the archive claims. */
export const zipPartBytesLimit = 192 * mebibyte;
/** Text deflates ten times, rarely fifty; DEFLATE itself cannot reach more than 1,032. */
export const zipRatioLimit = 400;

export const parseTimeoutMs = 60_000;
export const heapLimitMebibytes = 640;
/** Of the whole process: heap, buffers and code. */
export const residentBytesLimit = 1_024 * mebibyte;
/** A character takes one to three bytes as UTF-8. */
export const resultBytesLimit = 4 * textCharacterLimit;
export const parsersAtOnce = 2;
/** Documents that wait for a parser; each holds its bytes. */
export const waitingLimit = 64;

/**
 * Plain text up to this size is parsed where it is asked for: its parsers are ours and take linear time (a few
 * milliseconds), and a process would cost ten times as much.
 */
export const inlineBytesLimit = 256 * kibibyte;
