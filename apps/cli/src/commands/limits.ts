import {
  defaultProjectLimits,
  didYouMean,
  type Me,
  pathTo,
  type ProjectLimitName,
  type ProjectLimitsList,
  type ProjectLimitsView,
  type ProjectUsage,
  type SetProjectLimits,
} from '@kumiki/api';
import { connect, type Connection, type ConnectionFlags } from '../client/connect.ts';
import { callJson, RefusedError } from '../client/http-client.ts';
import { listProjects, noteUnknownProject } from '../client/list-projects.ts';
import { CliError } from '../host/cli-error.ts';
import { print, printJson } from '../terminal/print.ts';
import { printable } from '../terminal/printable.ts';
import { formatTable } from '../terminal/table.ts';

interface Flags extends ConnectionFlags {
  readonly json?: boolean;
  readonly project?: string;
}

const names = Object.keys(defaultProjectLimits) as ProjectLimitName[];
const units: Readonly<Record<string, number>> = { KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824, TiB: 2 ** 40 };

/** The limits of a project with what it uses of them, as far as that is known. */
interface UsedLimits extends ProjectLimitsView {
  readonly used: Partial<Readonly<Record<ProjectLimitName, number>>>;
}

/** The services that report a project's usage, each a part of it. */
const counters = ['/v1/kumiki/usage/conversations/:project', '/v1/kumiki/usage/files/:project'] as const;

/**
 * Without a project: the defaults, and every project that has a key or limits of its own; to a key that does not operate the
 * installation, its own limits and those of its project.
 */
export async function showLimits(flags: Flags): Promise<void> {
  const connection = connect(flags);
  if (flags.project === undefined) {
    try {
      return await showAll(connection, flags);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.code !== 'permission_denied') throw error;
      return showOwn(await callJson<Me>(connection, pathTo('/v1/kumiki/me')), flags);
    }
  }
  const view = await callJson<ProjectLimitsView>(connection, pathOf(flags.project));
  await noteUnknownProject(connection, flags.project);
  await show(connection, view, flags);
}

async function showAll(connection: Connection, flags: Flags): Promise<void> {
  const list = await callJson<ProjectLimitsList>(connection, pathTo('/v1/kumiki/limits'));
  const others = (await listProjects(connection)).filter(
    (project) => !list.data.some((one) => one.project === project),
  );
  const views: ProjectLimitsView[] = [
    ...list.data,
    ...others.map((project) => ({ object: 'kumiki.project_limits' as const, project, limits: list.defaults, own: [] })),
  ].toSorted((a, b) => (a.project < b.project ? -1 : 1));
  const data: UsedLimits[] = [];
  // One after the other: as many projects as there are must not ask for everything at once.
  for (const view of views) data.push({ ...view, used: await usageOf(connection, view.project) });
  if (flags.json === true) return printJson({ ...list, data });
  const defaults = names.map((name) => ['(default)', name, '-', shown(name, list.defaults[name])]);
  const rows = data.flatMap((view) => rowsOf(view).map((row) => [printable(view.project), ...row]));
  print(formatTable(['PROJECT', 'LIMIT', 'USED', 'MOST', ''], [...defaults, ...rows]));
}

function showOwn(me: Me, flags: Flags): void {
  if (flags.json === true) return printJson(me);
  const { limits, remaining } = me;
  const own = [
    ['requests_per_minute', remaining.requests, limits.requests_per_minute],
    ['tokens_per_minute', remaining.tokens, limits.tokens_per_minute],
    ['max_concurrent', remaining.concurrent, limits.max_concurrent],
  ] as const;
  const rows = own.map(([name, left, most]) => [name, String(left ?? '-'), String(most ?? 'unlimited')]);
  print(`Your key, ${printable(me.name)}, may have:`);
  print(formatTable(['LIMIT', 'LEFT NOW', 'MOST'], rows));
  print(`project/${printable(me.project)} may have:`);
  print(
    formatTable(
      ['LIMIT', 'MOST'],
      names.map((name) => [name, shown(name, me.project_limits[name])]),
    ),
  );
}

/** @param assignments `name=value` each; the value is a number, for bytes also with a unit, or `default`. */
export async function setLimits(assignments: readonly string[], flags: Flags): Promise<void> {
  const body: SetProjectLimits = Object.fromEntries(assignments.map(readAssignment));
  const connection = connect(flags);
  const path = pathOf(flags.project ?? 'default');
  const view = await callJson<ProjectLimitsView>(connection, path, { method: 'POST', body });
  await noteUnknownProject(connection, view.project);
  await show(connection, view, flags);
}

function pathOf(project: string): string {
  return pathTo('/v1/kumiki/limits/:project', { project });
}

function readAssignment(text: string): [ProjectLimitName, number | null] {
  const [name = '', value = '', ...rest] = text.split('=');
  const known = names.find((one) => one === name.replaceAll('-', '_'));
  if (known === undefined || rest.length > 0) {
    const near = didYouMean(name.replaceAll('-', '_'), names);
    throw new CliError(`'${text}' sets nothing.${near} Write ${names.map((one) => `${one}=…`).join(', ')}.`, 2);
  }
  if (value === 'default') return [known, null];
  const match = /^(\d{1,16})(KiB|MiB|GiB|TiB)?$/.exec(value);
  const factor = match?.[2] === undefined ? 1 : (units[match[2]] ?? 1);
  if (match === null || (factor !== 1 && !isBytes(known))) {
    const kind = isBytes(known) ? "a number of bytes such as 500MiB or 10GiB, or 'default'" : "a number, or 'default'";
    throw new CliError(`${known} must be ${kind}.`, 2);
  }
  return [known, Number(match[1]) * factor];
}

async function show(connection: Connection, view: ProjectLimitsView, flags: Flags): Promise<void> {
  const used = await usageOf(connection, view.project);
  if (flags.json === true) return printJson({ ...view, used });
  print(`project/${printable(view.project)} may have:`);
  print(formatTable(['LIMIT', 'USED', 'MOST', ''], rowsOf({ ...view, used })));
}

/** Name, what is used, the most, and whether that is the default. */
function rowsOf({ limits, own, used }: UsedLimits): string[][] {
  return names.map((name) => {
    const usage = used[name];
    const note = own.includes(name) ? '' : 'as all do by default';
    return [name, usage === undefined ? '-' : shown(name, usage), shown(name, limits[name]), note];
  });
}

/** The usage as reported by the services; the part of an unavailable one is missing. */
async function usageOf(connection: Connection, project: string): Promise<UsedLimits['used']> {
  const parts = await Promise.all(
    counters.map((counter) =>
      callJson<ProjectUsage>(connection, pathTo(counter, { project })).catch((error: unknown) => {
        if (error instanceof CliError) return null;
        throw error;
      }),
    ),
  );
  const used: Partial<Record<ProjectLimitName, number>> = {};
  for (const name of names) {
    const value = parts.map((part) => part?.[name]).find((one) => one !== undefined);
    if (value !== undefined) used[name] = value;
  }
  return used;
}

function isBytes(name: ProjectLimitName): boolean {
  return name.endsWith('_bytes');
}

/** Bytes in the largest unit that is exact, or with one decimal. */
function shown(name: ProjectLimitName, value: number): string {
  if (!isBytes(name)) return String(value);
  const unit = Object.entries(units).findLast(([, size]) => value >= size);
  if (unit === undefined) return `${value} B`;
  const count = value / unit[1];
  return `${Number.isInteger(count) ? count : count.toFixed(1)} ${unit[0]}`;
}
