import { Parser } from 'htmlparser2';
import { type BlockWriter, tooDeep } from '../blocks/block-writer.ts';
import { tagDepthLimit } from '../blocks/parse-limits.ts';
import { Unreadable } from '../blocks/parse-result.ts';
import { readHeadingStyles } from './docx-styles.ts';
import { createTableRows } from './table-rows.ts';
import { openZip } from './zip-parts.ts';

/**
 * Reads the paragraphs, headings and tables of a Word document. htmlparser2 resolves only XML's five predefined
 * entities and ignores declarations, so recursive entities stay plain text.
 */
export async function parseDocx(data: Uint8Array, writer: BlockWriter): Promise<void> {
  const archive = await openZip(data);
  const body = await archive.read('word/document.xml');
  if (body === null)
    throw new Unreadable(
      'This kind of archive cannot be read. Unpack it, or upload a PDF, DOCX, HTML, Markdown, CSV, JSON or text file.',
      'unsupported_file',
    );
  const headingStyles = readHeadingStyles((await archive.read('word/styles.xml')) ?? '');
  readBody(body, headingStyles, writer);
  const notes = await archive.read('word/footnotes.xml');
  if (notes !== null) readBody(notes, new Map(), writer);
}

/** Tags whose whole content is not part of the text: deleted words, the second rendering of a drawing, field codes. */
const dropped: ReadonlySet<string> = new Set(['w:del', 'w:moveFrom', 'mc:Fallback', 'w:instrText', 'w:rt']);

function readBody(xml: string, headingStyles: ReadonlyMap<string, number>, writer: BlockWriter): void {
  const reader = createTagReader(headingStyles, writer);
  let droppedDepth = 0;
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (++depth > tagDepthLimit) throw new Unreadable(tooDeep);
        if (dropped.has(name)) droppedDepth++;
        else if (droppedDepth === 0) reader.open(name, attributes);
      },
      onclosetag(name) {
        depth--;
        if (dropped.has(name)) droppedDepth = Math.max(0, droppedDepth - 1);
        else if (droppedDepth === 0) reader.close(name);
      },
      ontext(data) {
        if (droppedDepth === 0) reader.text(data);
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  reader.end();
}

interface TagReader {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  text(data: string): void;
  end(): void;
}

function createTagReader(headingStyles: ReadonlyMap<string, number>, writer: BlockWriter): TagReader {
  const table = createTableRows();
  let text: string[] = [];
  let paragraphs: string[] = [];
  let level: number | null = null;
  let listed = false;
  let inText = false;
  const flush = (): void => {
    writer.add('text', paragraphs.join('\n\n').replaceAll('\n\n- ', '\n- '));
    paragraphs = [];
  };
  const endParagraph = (): void => {
    const line = text.join('').trim();
    text = [];
    if (table.depth > 0) table.push(`${line} `);
    else if (line === '') return;
    else if (level === null) paragraphs.push(listed ? `- ${line}` : line);
    else {
      flush();
      writer.heading(line, level);
    }
  };
  return {
    open(name, attributes) {
      if (name === 'w:t') inText = true;
      else if (name === 'w:tab') text.push('\t');
      else if (name === 'w:br' || name === 'w:cr') text.push('\n');
      else if (name === 'w:p') {
        endParagraph();
        level = null;
        listed = false;
      } else if (name === 'w:pStyle') level = headingStyles.get(attributes['w:val'] ?? '') ?? null;
      else if (name === 'w:outlineLvl') level = outlineLevel(attributes['w:val']) ?? level;
      else if (name === 'w:numPr') listed = true;
      else if (name === 'w:tbl') {
        if (table.depth === 0) flush();
        table.open();
      }
    },
    close(name) {
      if (name === 'w:t') inText = false;
      else if (name === 'w:p') endParagraph();
      else if (name === 'w:tc') table.endCell();
      else if (name === 'w:tr') table.endRow();
      else if (name === 'w:tbl') writer.add('table', table.close() ?? '');
    },
    text(data) {
      if (inText) text.push(data);
    },
    end() {
      endParagraph();
      flush();
    },
  };
}

function outlineLevel(value: string | undefined): number | null {
  const level = Number(value ?? '');
  // 9 is body text.
  return value !== undefined && Number.isInteger(level) && level >= 0 && level < 9 ? level + 1 : null;
}
