import { Parser } from 'htmlparser2';
import { type BlockWriter, tooDeep } from '../blocks/block-writer.ts';
import { tagDepthLimit } from '../blocks/parse-limits.ts';
import { Unreadable } from '../blocks/parse-result.ts';
import { createTableRows } from './table-rows.ts';

/** Elements whose content is ignored. */
const dropped: ReadonlySet<string> = new Set(
  'script style noscript template svg math nav iframe object embed canvas audio video select button dialog'.split(' '),
);
const breaking: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header hr ' +
    'html main ol p section summary ul'
  ).split(' '),
);
const headings: ReadonlySet<string> = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'title']);

interface TagReader {
  open(name: string): void;
  close(name: string): void;
  text(data: string): void;
  end(): void;
}

/** Parses HTML as a stream of tags, without recursion. */
export function parseHtml(html: string, writer: BlockWriter): void {
  const reader = createTagReader(writer);
  let droppedDepth = 0;
  let depth = 0;
  const parser = new Parser({
    onopentagname(name) {
      if (++depth > tagDepthLimit) throw new Unreadable(tooDeep);
      if (dropped.has(name)) droppedDepth++;
      else if (droppedDepth === 0) reader.open(name);
    },
    onclosetag(name) {
      depth--;
      if (dropped.has(name)) droppedDepth = Math.max(0, droppedDepth - 1);
      else if (droppedDepth === 0) reader.close(name);
    },
    ontext(data) {
      if (droppedDepth === 0) reader.text(data);
    },
  });
  parser.end(html);
  reader.end();
}

function createTagReader(writer: BlockWriter): TagReader {
  const table = createTableRows();
  let text: string[] = [];
  let preDepth = 0;
  const push = (data: string): void => {
    if (table.depth > 0) table.push(data);
    else text.push(data);
  };
  const flush = (kind: 'text' | 'code' = 'text'): void => {
    const joined = text.join('');
    text = [];
    writer.add(kind, kind === 'code' ? joined : squeeze(joined));
  };
  return {
    open(name) {
      if (name === 'table') {
        if (table.depth === 0) flush();
        table.open();
      } else if (name === 'tr') table.endRow();
      else if (name === 'td' || name === 'th') {
        table.endCell();
        push(' ');
      } else if (name === 'br') push('\n');
      else if (name === 'li') push('\n- ');
      else if (breaking.has(name)) push('\n\n');
      else if (table.depth === 0 && headings.has(name)) flush();
      else if (table.depth === 0 && name === 'pre' && preDepth++ === 0) flush();
    },
    close(name) {
      if (name === 'table') writer.add('table', table.close() ?? '');
      else if (breaking.has(name)) push('\n\n');
      else if (table.depth === 0 && headings.has(name)) {
        writer.heading(text.join(''), Number(name[1]) || 1);
        text = [];
      } else if (table.depth === 0 && name === 'pre' && preDepth > 0 && --preDepth === 0) flush('code');
    },
    text: (data) => push(preDepth > 0 ? data : data.replaceAll(/\s+/g, ' ')),
    end() {
      while (table.depth > 0) writer.add('table', table.close() ?? '');
      flush(preDepth > 0 ? 'code' : 'text');
    },
  };
}

/** Removes blanks at line ends and reduces several empty lines to one. */
function squeeze(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/[^\S\n]+/g, ' ').trim())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
