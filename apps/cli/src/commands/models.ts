import { resolve } from 'node:path';
import { whatThereIs } from '@kumiki/api';
import { editModelList, homePaths, openHome, readModelList, withPaths } from '@kumiki/local';
import { CliError } from '../host/cli-error.ts';
import { readCliConfig } from '../host/config.ts';
import { formatAge } from '../terminal/format.ts';
import { print, printJson } from '../terminal/print.ts';
import { formatTable } from '../terminal/table.ts';

/** The operator of the machine edits the model list in the state folder; it cannot be changed over the network. */
interface Flags {
  readonly home?: string;
  readonly json?: boolean;
}

const homeOf = (flags: Flags): string => flags.home ?? readCliConfig().home;

export function allowModels(given: readonly string[], flags: Flags): void {
  const paths = given.map((path) => resolve(path));
  const since = Math.floor(Date.now() / 1_000);
  editModelList(openHome(homeOf(flags)).modelList, (list) => withPaths(list, paths, 'operator', since));
  tell(paths, 'allowed', flags);
}

export function removeModels(given: readonly string[], flags: Flags): void {
  const paths = given.map((path) => resolve(path));
  editModelList(openHome(homeOf(flags)).modelList, (list) => {
    const unknown = paths.filter((path) => !list.allow.some((entry) => entry.path === path));
    const [first = ''] = unknown;
    const listed = list.allow.map((entry) => entry.path);
    if (unknown.length > 0)
      throw new CliError(`Not listed: ${unknown.join(', ')}.${whatThereIs(first, listed) || ' Nothing is listed.'}`);
    return { ...list, allow: list.allow.filter(({ path }) => !paths.includes(path)) };
  });
  tell(paths, 'removed', flags);
}

export function listModels(flags: Flags): void {
  const { models, modelList } = homePaths(homeOf(flags));
  const list = readModelList(modelList);
  if (list === null)
    throw new CliError(`${modelList} cannot be read. Repair it, or delete it and add the needed entries again.`);
  if (flags.json === true) return printJson({ object: 'list', data: list.allow });
  const now = Date.now() / 1_000;
  const rows = list.allow.map(({ path, by, since }) => [path, by, formatAge(now - since)]);
  print(formatTable(['PATH', 'BY', 'AGE'], [[models, 'always', ''], ...rows]));
}

function tell(paths: readonly string[], what: string, flags: Flags): void {
  if (flags.json === true) return printJson({ object: 'list', data: paths.map((path) => ({ path, [what]: true })) });
  for (const path of paths) print(`${path} ${what}`);
}
