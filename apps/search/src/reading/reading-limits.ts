/** What bounds the reading of one document, and of all documents at once. Limits of formats are in `parse-limits.ts`. */

const kibibyte = 1_024;
const mebibyte = 1_024 * kibibyte;

/** A larger file is kept, but not searched. */
export const documentBytesLimit = 128 * mebibyte;
/** Chunks of one document. A book has a thousand. */
export const chunkLimit = 100_000;

/** Chunks and bytes of text of a batch: enough to be worth a round trip to the model, few enough to give way soon. */
export const batchChunks = 64;
export const batchBytes = 512 * kibibyte;
/** Of a reply, after which it ends; the rest of the document is another reply. */
export const segmentBytes = 16 * mebibyte;
/** Of a reply, beyond which its reader is ended: nothing that ends batches as it should comes near it. */
export const replyBytesLimit = 4 * segmentBytes;

export const processTimeoutMs = 60_000;
export const heapLimitMebibytes = 640;
/** Of the whole process: heap, buffers and code. */
export const residentBytesLimit = 1_024 * mebibyte;
export const processesAtOnce = 2;
/** Of 19: the weight of a third beside processes of usual priority. */
export const readerNiceness = 5;
/** Documents that wait for a reader. None of their bytes are held meanwhile. */
export const waitingLimit = 64;

/**
 * Plain text, Markdown and source code up to this size are read in a thread that is there already: their parsers are ours
 * and are a pass over the lines, and a process would cost ten times as much.
 */
export const threadBytesLimit = 256 * kibibyte;
export const threadTimeoutMs = 20_000;
export const threadHeapMebibytes = 256;
