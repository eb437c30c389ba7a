const gzipMagic = [0x1f, 0x8b] as const;

/** Why bytes that are not UTF-8 are not JSON, as part of a sentence. */
export function notTextReason(body: Uint8Array): string {
  return gzipMagic.every((byte, at) => body[at] === byte)
    ? 'it is compressed by gzip, which is not taken here'
    : 'it is not encoded as UTF-8';
}
