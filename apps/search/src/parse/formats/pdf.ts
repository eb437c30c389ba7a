import { getDocumentProxy } from 'unpdf';
import { tooLong, type BlockWriter } from '../blocks/block-writer.ts';
import { pageLimit, textCharacterLimit } from '../blocks/parse-limits.ts';
import { Unreadable } from '../blocks/parse-result.ts';
import { bodyHeightOf, headingLevels, linesOf, type PdfLine } from './pdf-lines.ts';

/** Reads the text of a PDF page by page; lines in a clearly larger font become headings. */
export async function parsePdf(data: Uint8Array, writer: BlockWriter): Promise<void> {
  const pdf = await openPdf(data);
  if (pdf.numPages > pageLimit) throw new Unreadable(`The PDF has more than ${pageLimit} pages. Split it.`);
  const pages: PdfLine[][] = [];
  let characters = 0;
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    const lines = linesOf(items.filter((item) => 'str' in item));
    page.cleanup();
    for (const line of lines) characters += line.text.length;
    if (characters > textCharacterLimit) throw new Unreadable(tooLong);
    pages.push(lines);
  }
  if (characters === 0)
    throw new Unreadable(
      'The PDF holds no text that can be read: its pages are images, or its letters have no known codes. Run it through text recognition (OCR) first.',
    );
  const body = bodyHeightOf(pages.flat());
  const levels = headingLevels(pages.flat(), body);
  for (const [index, lines] of pages.entries()) writePage(lines, levels, index + 1, writer);
}

async function openPdf(data: Uint8Array): ReturnType<typeof getDocumentProxy> {
  try {
    return await getDocumentProxy(data, { verbosity: 0, useSystemFonts: false, useWorkerFetch: false });
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException')
      throw new Unreadable('The PDF is protected by a password. Upload it without one.');
    throw new Unreadable('The file is not a valid PDF: it is damaged or incomplete.');
  }
}

function writePage(
  lines: readonly PdfLine[],
  levels: ReadonlyMap<number, number>,
  page: number,
  writer: BlockWriter,
): void {
  let text = '';
  let heading: { text: string; level: number } | null = null;
  const endHeading = (): void => {
    if (heading !== null) writer.heading(heading.text, heading.level, page);
    heading = null;
  };
  for (const line of lines) {
    const level = levels.get(line.height) ?? null;
    if (level === null) {
      endHeading();
      text = join(text, line);
      continue;
    }
    writer.add('text', text, page);
    text = '';
    // A heading may run over two lines.
    if (heading !== null && heading.level === level && !line.startsParagraph) heading.text = join(heading.text, line);
    else {
      endHeading();
      heading = { text: line.text, level };
    }
  }
  endHeading();
  writer.add('text', text, page);
}

const wide = /[\u3000-\u30FF\u3400-\u9FFF\uFF00-\uFFEF]/;

/**
 * Joins the lines of a paragraph: with a space in English, without one in Japanese, and merges hyphenated words. Reads
 * only the end of the text, since a page may have any number of lines.
 */
function join(text: string, line: PdfLine): string {
  if (text === '') return line.text;
  if (line.startsParagraph) return `${text}\n\n${line.text}`;
  if (wide.test(text.charAt(text.length - 1))) return text + line.text;
  if (/^\p{Ll}-$/u.test(text.slice(-2)) && /^\p{Ll}/u.test(line.text)) return text.slice(0, -1) + line.text;
  return `${text} ${line.text}`;
}
