import { Buffer } from 'node:buffer';
import { codeLanguageOf } from './formats/code-language.ts';

export type Format = 'pdf' | 'zip' | 'html' | 'markdown' | 'csv' | 'json' | 'jsonl' | 'code' | 'text';

const pdfHeaderWithin = 1_024;
const headCharacters = 1_024;

const byEnding: Readonly<Record<string, Format>> = {
  md: 'markdown',
  markdown: 'markdown',
  mdx: 'markdown',
  htm: 'html',
  html: 'html',
  xhtml: 'html',
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  geojson: 'json',
  ipynb: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  txt: 'text',
  text: 'text',
  log: 'text',
};

/** The format of a binary file by its first bytes. */
export function detectBinary(data: Uint8Array): 'pdf' | 'zip' | null {
  const head = Buffer.from(data.buffer, data.byteOffset, Math.min(data.byteLength, pdfHeaderWithin));
  if (head.includes('%PDF-')) return 'pdf';
  return head.length >= 4 && head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5) ? 'zip' : null;
}

/** The format of a plain text by its beginning, then by its file name. */
export function detectText(text: string, filename: string): Format {
  const head = text.slice(0, headCharacters).trimStart();
  const named = byEnding[endingOf(filename)];
  const language = codeLanguageOf(filename);
  if (/^(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<(?:!doctype html|html)[\s>]/i.test(head) && language === null)
    return named === 'markdown' ? 'markdown' : 'html';
  if (named !== undefined) return named;
  if (language !== null) return 'code';
  return /^[[{]/.test(head) && /[\]}]\s*$/.test(text.slice(-headCharacters)) && isJson(text) ? 'json' : 'text';
}

export function endingOf(filename: string): string {
  return /\.([^./\\]+)$/.exec(filename)?.[1]?.toLowerCase() ?? '';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
