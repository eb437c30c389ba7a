/** Limits of reading one document, and all documents together. Limits of formats are in `parse-limits.ts`. */

const kibibyte = 1_024;
const mebibyte = 1_024 * kibibyte;

/** Largest document that is indexed; larger files are stored only. */
export const documentBytesLimit = 128 * mebibyte;
/** Most chunks of one document. A book has a thousand. */
export const chunkLimit = 100_000;

/** Chunks and bytes of a batch: large enough for an efficient call to the model, small enough to yield soon. */
export const batchChunks = 64;
export const batchBytes = 512 * kibibyte;
/** Size of a segment, after which a reply ends; the rest of the document is in further replies. */
export const segmentBytes = 16 * mebibyte;
/** Size of a reply beyond which the reader is killed; a correct reader stays far below it. */
export const replyBytesLimit = 4 * segmentBytes;

export const processTimeoutMs = 60_000;
export const heapLimitMebibytes = 640;
/** Memory of the whole process: heap, buffers and code. */
export const residentBytesLimit = 1_024 * mebibyte;
export const processesAtOnce = 2;
/** Niceness (of 19), which gives a third of the CPU weight of a normal process. */
export const readerNiceness = 5;
/** Most documents that wait for a reader. Their bytes are not loaded meanwhile. */
export const waitingLimit = 64;

/**
 * Plain text, Markdown and source code up to this size are read in an existing thread: their parsers are our own
 * single-pass code, and a process would cost ten times as much.
 */
export const threadBytesLimit = 256 * kibibyte;
export const threadTimeoutMs = 20_000;
export const threadHeapMebibytes = 256;
