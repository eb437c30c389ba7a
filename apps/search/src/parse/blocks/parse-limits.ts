/** What bounds the text that a document becomes, format by format. How long and with how much memory: `reading-limits.ts`. */

const kibibyte = 1_024;
const mebibyte = 1_024 * kibibyte;

/** Of the text that a document becomes. A book has a million. */
export const textCharacterLimit = 20_000_000;
export const blockLimit = 500_000;
export const pageLimit = 10_000;
/** Open tags of an HTML or Word document: its parser moves them all with each one that opens. */
export const tagDepthLimit = 100_000;
/** Nested objects and lists of a JSON document. */
export const jsonDepthLimit = 200;
export const zipEntryLimit = 10_000;
/** Of one part of a DOCX file, counted while it is inflated, whatever the archive claims. */
export const zipPartBytesLimit = 192 * mebibyte;
/** Text deflates ten times, rarely fifty; DEFLATE itself cannot reach more than 1,032. */
export const zipRatioLimit = 400;
