/**
 * API keys: `kmk_` + 40 base-62 characters of randomness (238 bits) + 6 base-62 characters of CRC-32 over the rest. The
 * checksum distinguishes a typo from a revoked key without a look-up, and lets secret scanners find leaked keys without
 * false positives (the scheme of GitHub's tokens).
 */

const prefix = 'kmk_';
const randomLength = 40;
const checksumLength = 6;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const pattern = /^kmk_[0-9A-Za-z]{46}$/;

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 (IEEE 802.3, as in gzip and PNG) of an ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) crc = (crcTable[(crc ^ text.charCodeAt(at)) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let at = 0; at < checksumLength; at++) {
    digits = alphabet.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/**
 * Makes a key.
 * @param randomBytes gives that many bytes from a cryptographic source. Bytes of 248 and above are discarded, so that
 *   every character is equally likely.
 */
export function makeApiKey(randomBytes: (count: number) => Uint8Array): string {
  let random = '';
  while (random.length < randomLength) {
    for (const byte of randomBytes(randomLength)) {
      if (byte < 248 && random.length < randomLength) random += alphabet.charAt(byte % 62);
    }
  }
  return prefix + random + checksum(prefix + random);
}

export type ApiKeyFormat = 'valid' | 'malformed' | 'checksum_mismatch';

/** Whether a text has the form of an API key, which does not mean that the key exists. */
export function checkApiKeyFormat(text: string): ApiKeyFormat {
  if (!pattern.test(text)) return 'malformed';
  const body = text.slice(0, prefix.length + randomLength);
  return checksum(body) === text.slice(body.length) ? 'valid' : 'checksum_mismatch';
}

/** The form of a key that is shown after its creation: `kmk_Ab3…x9Qz`. */
export function redactApiKey(key: string): string {
  return `${key.slice(0, 7)}…${key.slice(-4)}`;
}
