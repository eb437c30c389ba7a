import type { ParsedBlock } from '../parse/blocks/parse-result.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { codeAtoms, proseAtoms, rowAtoms, type Atom } from './split-atoms.ts';

export interface Packed {
  readonly text: string;
  readonly page: number | null;
}

interface Placed extends Atom {
  readonly page: number | null;
  /** The header of its table, for a row. */
  readonly header: Atom | null;
}

/** A header longer than this share of a chunk is not repeated. */
const headerShare = 0.25;
/** Longest separator line of a table header. */
const ruleLimit = 2_000;

/** Fills chunks with atoms in order, and ends each at the best boundary in its second half. */
export function packAtoms(
  blocks: readonly ParsedBlock[],
  { maxTokens, overlapTokens }: { readonly maxTokens: number; readonly overlapTokens: number },
): Packed[] {
  const atoms = blocks.flatMap((block, index) => atomsOf(block, maxTokens, index === blocks.length - 1));
  const chunks: Packed[] = [];
  let from = 0;
  /** Number of atoms that are in a chunk already. */
  let done = 0;
  while (done < atoms.length) {
    from = withRoom(atoms, from, done, maxTokens);
    const to = Math.max(done + 1, endOf(atoms, from, done, maxTokens));
    chunks.push(textOf(atoms, from, to));
    done = to;
    from = overlapFrom(atoms, from, to, overlapTokens);
  }
  return chunks.filter(({ text }) => text !== '');
}

function atomsOf(block: ParsedBlock, maxTokens: number, last: boolean): Placed[] {
  const text = last ? block.text : `${block.text}${block.kind === 'heading' ? '\n' : '\n\n'}`;
  const place = (atom: Atom, header: Atom | null): Placed => ({ ...atom, page: block.page, header });
  if (block.kind === 'code') return codeAtoms(text, maxTokens).map((atom) => place(atom, null));
  if (block.kind !== 'table') return proseAtoms(text, maxTokens).map((atom) => place(atom, null));
  const header = headerOf(text);
  const tokens = estimateTokens(header);
  // A row shares its chunk with the repeated header, so it gets less space.
  const repeated = header !== '' && tokens <= maxTokens * headerShare;
  const rows = rowAtoms(text.slice(header.length), repeated ? maxTokens - tokens : maxTokens);
  const top: Atom[] = repeated ? [{ text: header, tokens, before: 3 }] : rowAtoms(header, maxTokens);
  const shown = repeated ? (top[0] ?? null) : null;
  return [...top.map((atom) => place(atom, null)), ...rows.map((row) => place(row, shown))];
}

/** The first row, with Markdown's separator line below it. */
function headerOf(text: string): string {
  const row = text.indexOf('\n') + 1;
  const rule = text.indexOf('\n', row) + 1;
  const dashes = rule > 0 && rule - row <= ruleLimit && /^[ \t:|-]*$/.test(text.slice(row, rule - 1));
  return text.slice(0, row > 0 && dashes && text.slice(row, rule).includes('-') ? rule : row);
}

/** The earliest start of a chunk that still fits the next atom; the overlap is shortened for it. */
function withRoom(atoms: readonly Placed[], from: number, done: number, maxTokens: number): number {
  let tokens = atoms[done]?.tokens ?? 0;
  for (let at = from; at < done; at++) tokens += atoms[at]?.tokens ?? 0;
  let start = from;
  while (start < done && tokens + (headerAt(atoms, start)?.tokens ?? 0) > maxTokens) {
    tokens -= atoms[start++]?.tokens ?? 0;
  }
  return start;
}

/** Index of the first atom after the chunk. */
function endOf(atoms: readonly Placed[], from: number, done: number, maxTokens: number): number {
  let tokens = headerAt(atoms, from)?.tokens ?? 0;
  let to = from;
  while (to < atoms.length && tokens + (atoms[to]?.tokens ?? 0) <= maxTokens) tokens += atoms[to++]?.tokens ?? 0;
  if (to >= atoms.length || to <= done) return to;
  let best = to;
  let taken = tokens;
  for (let at = to; at > done + 1 && taken > maxTokens / 2; at--) {
    if ((atoms[at]?.before ?? 0) > (atoms[best]?.before ?? 0)) best = at;
    taken -= atoms[at - 1]?.tokens ?? 0;
  }
  return best;
}

/** The table header to repeat when a chunk begins with a row or a part of one. */
function headerAt(atoms: readonly Placed[], from: number): Atom | null {
  return atoms[from]?.header ?? null;
}

function textOf(atoms: readonly Placed[], from: number, to: number): Packed {
  const text =
    (headerAt(atoms, from)?.text ?? '') +
    atoms
      .slice(from, to)
      .map((atom) => atom.text)
      .join('');
  return { text: text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd(), page: atoms[from]?.page ?? null };
}

function overlapFrom(atoms: readonly Placed[], from: number, to: number, overlapTokens: number): number {
  let tokens = 0;
  let at = to;
  while (at - 1 > from && tokens + (atoms[at - 1]?.tokens ?? 0) <= overlapTokens) tokens += atoms[--at]?.tokens ?? 0;
  return at;
}
