import { createBlockWriter, tooLong, type BlockWriter } from './blocks/block-writer.ts';
import { textCharacterLimit } from './blocks/parse-limits.ts';
import { Unreadable, type ParseResult } from './blocks/parse-result.ts';
import { decodeText } from './decode-text.ts';
import { detectBinary, detectText, endingOf, type Format } from './detect-format.ts';
import { parseMarkdown } from './formats/markdown.ts';
import { parseCode, parsePlainText } from './formats/plain-text.ts';

/**
 * Parses one document in this process, limited only by the size of its text. The library of a format is imported when
 * it is first needed.
 * @param formats that may be parsed here; others give `elsewhere`.
 */
export async function parseBytes(
  data: Uint8Array,
  filename: string,
  formats?: ReadonlySet<Format>,
): Promise<ParseResult> {
  const writer = createBlockWriter();
  try {
    const format = await readInto(writer, data, filename, formats);
    if (writer.blocks.length === 0) throw new Unreadable('The document holds no text.');
    return { ok: true, format, blocks: writer.blocks };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, code: error.code, message: error.message };
    // Any error of a parsing library counts as a damaged file; the library's message would not help the user.
    return { ok: false, code: 'invalid_file', message: 'The file is damaged: its content does not follow its format.' };
  }
}

async function readInto(
  writer: BlockWriter,
  data: Uint8Array,
  filename: string,
  formats: ReadonlySet<Format> | undefined,
): Promise<string> {
  const binary = detectBinary(data);
  if (binary !== null && formats !== undefined) throw new Unreadable('', 'elsewhere');
  if (binary === 'pdf') {
    const { parsePdf } = await import('./formats/pdf.ts');
    await parsePdf(data, writer);
    return 'pdf';
  }
  if (binary === 'zip') {
    const { parseDocx } = await import('./formats/docx.ts');
    await parseDocx(data, writer);
    return 'docx';
  }
  const text = plainTextOf(data, filename);
  const format = detectText(text, filename);
  if (formats?.has(format) === false) throw new Unreadable('', 'elsewhere');
  await parseText(format, text, writer);
  return format;
}

/** The decoded text. Throws with a message that says what was expected. */
function plainTextOf(data: Uint8Array, filename: string): string {
  const ending = endingOf(filename);
  const text = decodeText(data);
  if (ending === 'pdf' || ending === 'docx')
    throw new Unreadable(`The file is named .${ending} but holds no ${ending.toUpperCase()} document.`);
  if (text === null)
    throw new Unreadable(
      'This kind of file cannot be read. Upload a PDF, DOCX, HTML, Markdown, CSV, JSON, source code or text file.',
      'unsupported_file',
    );
  if (text.length > textCharacterLimit) throw new Unreadable(tooLong);
  return text;
}

async function parseText(format: Format, text: string, writer: BlockWriter): Promise<void> {
  switch (format) {
    case 'html':
      return (await import('./formats/html.ts')).parseHtml(text, writer);
    case 'csv':
      return (await import('./formats/csv.ts')).parseCsv(text, writer);
    case 'json':
      return (await import('./formats/json.ts')).parseJson(text, writer);
    case 'jsonl':
      return (await import('./formats/json.ts')).parseJsonLines(text, writer);
    case 'markdown':
      return parseMarkdown(text, writer);
    case 'code':
      return parseCode(text, writer);
    case 'text':
    case 'pdf':
    case 'zip':
      return parsePlainText(text, writer);
  }
}
