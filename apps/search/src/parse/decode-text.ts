import { Buffer } from 'node:buffer';

/** Leading bytes that are inspected to detect text. */
const sampleBytes = 64 * 1_024;
/** Highest share of control characters in a text; some old files contain a few. */
const controlShareLimit = 0.02;
/** Highest share of damaged characters in UTF-8, as in a text that was cut within a character. */
const damageShareLimit = 0.001;

const boms = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
] as const;

/** The text of a plain file, or null when the bytes are not text. */
export function decodeText(data: Uint8Array): string | null {
  const bom = boms.find(({ bytes }) => bytes.every((byte, index) => data[index] === byte));
  if (bom !== undefined) return new TextDecoder(bom.encoding).decode(data);
  if (looksBinary(data)) return null;
  // Seven-bit JIS is valid ASCII and recognised only by its escapes.
  if (Buffer.from(data.buffer, data.byteOffset, Math.min(data.byteLength, sampleBytes)).includes('\u001B$'))
    return decodeStrictly(data, 'iso-2022-jp') ?? new TextDecoder().decode(data);
  return decodeStrictly(data, 'utf-8') ?? decodeDamagedUtf8(data) ?? decodeJapanese(data) ?? decodeWestern(data);
}

/** Looks only at the first bytes, so the cost does not depend on the size. */
function looksBinary(data: Uint8Array): boolean {
  const sample = data.subarray(0, sampleBytes);
  if (boms.some(({ bytes }) => bytes.every((byte, index) => data[index] === byte))) return false;
  let controls = 0;
  for (const byte of sample)
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b) controls++;
  return controls > sample.length * controlShareLimit;
}

function decodeStrictly(data: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(data);
  } catch {
    return null;
  }
}

function decodeDamagedUtf8(data: Uint8Array): string | null {
  const text = new TextDecoder().decode(data);
  const other = text.match(/[^\p{ASCII}\uFFFD]/gu)?.length ?? 0;
  const damaged = text.match(/\uFFFD/g)?.length ?? 0;
  return damaged <= 2 + text.length * damageShareLimit && damaged <= other ? text : null;
}

/**
 * A text often decodes as both Shift_JIS and EUC-JP; the right one gives kana, the wrong one half-width katakana and
 * rare characters.
 */
function decodeJapanese(data: Uint8Array): string | null {
  let best: { readonly text: string; readonly score: number } | null = null;
  for (const encoding of ['shift_jis', 'euc-jp']) {
    const text = decodeStrictly(data, encoding);
    if (text === null) continue;
    const score = japaneseScore(text.slice(0, sampleBytes));
    if (score > (best?.score ?? 0)) best = { text, score };
  }
  return best?.text ?? null;
}

/** Positive only when the text looks Japanese. */
function japaneseScore(text: string): number {
  let score = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) continue;
    if (code >= 0x3041 && code <= 0x30ff) score += 2;
    else if ((code >= 0x4e00 && code <= 0x9fff) || (code >= 0x3000 && code <= 0x303f)) score += 1;
    else if (code >= 0xff61 && code <= 0xff9f) score -= 2;
    else score -= 1;
  }
  return score;
}

function decodeWestern(data: Uint8Array): string {
  return new TextDecoder('windows-1252').decode(data);
}
