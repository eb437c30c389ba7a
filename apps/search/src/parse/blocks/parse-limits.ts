/** Limits of a document's text by format. Limits of time and memory are in `reading-limits.ts`. */

const kibibyte = 1_024;
const mebibyte = 1_024 * kibibyte;

/** Characters of a document's text. A book has a million. */
export const textCharacterLimit = 20_000_000;
export const blockLimit = 500_000;
export const pageLimit = 10_000;
/** Open tags of an HTML or Word document; the parser's cost per tag grows with their number. */
export const tagDepthLimit = 100_000;
/** Nesting of a JSON document. */
export const jsonDepthLimit = 200;
export const zipEntryLimit = 10_000;
/**
 * Bytes of one part of a DOCX file, counted while it is inflated, independent of the size in the archive's directory.
 */
export const zipPartBytesLimit = 192 * mebibyte;
/** Highest accepted compression ratio. Text has about ten, rarely fifty; DEFLATE's maximum is 1,032. */
export const zipRatioLimit = 400;
