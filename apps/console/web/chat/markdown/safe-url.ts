import { markdownLimits } from './limits.ts';

const allowed = new Set(['http:', 'https:', 'mailto:']);

/** The address of a link that may be followed; null for scripts, data, files and whatever else it may be. */
export function safeLink(href: string): string | null {
  try {
    const url = new URL(decodeEntities(href));
    return allowed.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

const inlineImage = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/=\s]+$/;

/**
 * An image that is embedded in the answer. Any other would be fetched, which reveals to a server that the answer was
 * read.
 */
export function safeImage(source: string): string | null {
  return source.length <= markdownLimits.imageCharacters && inlineImage.test(source) ? source : null;
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00A0',
  copy: '©',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  rarr: '→',
  larr: '←',
  times: '×',
};

/** Characters that were written by name or number. The result is text, never markup. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#(\d{1,7})|#[xX]([\dA-Fa-f]{1,6})|(\w{2,8}));/g, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return entities[name] ?? whole;
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff) ? String.fromCodePoint(code) : whole;
  });
}

const directionMarks = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;

/** A text cut at characters that turn its direction without being seen: in code, they hide what it does. */
export function cutAtDirectionMarks(text: string): readonly string[] {
  return directionMarks.test(text) ? text.split(/([\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069])/) : [text];
}

export function isDirectionMark(text: string): boolean {
  return text.length === 1 && directionMarks.test(text);
}
