import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedServer } from './recorded.ts';

const begin = '<!-- rows -->';

/** Rewrites the table of what is recorded, below the marked line of the folder's README. */
export async function writeRows(folder: string): Promise<void> {
  const rows = ['', '| file | server | version | source | request |', '|---|---|---|---|---|'];
  for (const entry of (await readdir(folder, { withFileTypes: true })).toSorted((a, b) =>
    a.name.localeCompare(b.name),
  )) {
    if (!entry.isDirectory()) continue;
    const list = await readFile(join(folder, entry.name, 'answers.json'), 'utf8');
    const { server, version, date, source, answers } = JSON.parse(list) as RecordedServer;
    for (const { file, path, request } of answers) {
      rows.push(
        `| \`${entry.name}/${file}\` | ${server} | ${version} | ${source ?? 'asked'}, ${date} | \`POST ${path}\` ${shortened(request)} |`,
      );
    }
  }
  const page = join(folder, 'README.md');
  const [head = ''] = (await readFile(page, 'utf8')).split(begin);
  await writeFile(page, `${head}${begin}\n${rows.join('\n')}\n`);
}

/** Most characters of a request that its row shows; all of it is in the list of answers. */
const shownCharacters = 120;

function shortened(request: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(request).replaceAll('|', '\\|');
  return `\`${text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`}\``;
}
