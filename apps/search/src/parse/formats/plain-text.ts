import type { BlockWriter } from '../blocks/block-writer.ts';

/** Plain text has no structure that can be trusted: it stays one block, which is split at paragraphs and sentences later. */
export function parsePlainText(text: string, writer: BlockWriter): void {
  writer.add('text', text);
}

export function parseCode(text: string, writer: BlockWriter): void {
  writer.add('code', text);
}
