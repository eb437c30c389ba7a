import type { BlockWriter } from '../blocks/block-writer.ts';

/** Plain text has no reliable structure, so it becomes one block, which is later split at paragraphs and sentences. */
export function parsePlainText(text: string, writer: BlockWriter): void {
  writer.add('text', text);
}

export function parseCode(text: string, writer: BlockWriter): void {
  writer.add('code', text);
}
