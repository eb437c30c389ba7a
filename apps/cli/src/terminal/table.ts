import { stripVTControlCharacters } from 'node:util';
import { colors } from './print.ts';

/** Rows in columns as kubectl prints them: upper-case heads, two blanks between columns, no trailing blanks. */
export function formatTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heads.map((head) => colors.dim(head)), ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ''))));
  return all
    .map((row) => heads.map((_, column) => pad(row[column] ?? '', widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Terminal columns of a text without control sequences; wide characters take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of stripVTControlCharacters(text))
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
      character,
    )
      ? 2
      : 1;
  return columns;
}

function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}
