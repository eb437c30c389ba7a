import { pathTo, type Status, whatThereIs } from '@kumiki/api';
import { sseEvents } from '@kumiki/openai';
import { connect, type Connection, type ConnectionFlags } from '../client/connect.ts';
import { call, callJson, isAbort, RefusedError } from '../client/http-client.ts';
import { CliError } from '../host/cli-error.ts';
import { colors, print, printJsonLine } from '../terminal/print.ts';
import { printable } from '../terminal/printable.ts';
import { chooseLogs, logNames } from './choose-logs.ts';

interface LogFlags extends ConnectionFlags {
  readonly json?: boolean;
  readonly tail: number;
  readonly follow?: boolean;
}

/** Prints the log of one replica or data service, of a service's replicas, or all of them. */
export async function showLogs(name: string | undefined, flags: LogFlags): Promise<void> {
  const connection = connect(flags);
  const status = await callJson<Status>(connection, pathTo('/v1/kumiki/status'));
  const chosen = chooseLogs(status, name);
  if (chosen === null) throw new CliError(`'${name}' has no replica that Kumiki runs, so it has no log.`);
  const write = (id: string, line: string): void => {
    if (flags.json === true) printJsonLine({ replica: id, line });
    else print(chosen.length > 1 ? `${colors.dim(id)} ${printable(line)}` : printable(line));
  };
  try {
    await (flags.follow === true
      ? followAll(connection, chosen, flags.tail, write)
      : printTails(connection, chosen, flags.tail, write));
  } catch (error) {
    if (name === undefined || !(error instanceof RefusedError) || error.code !== 'not_found') throw error;
    throw new RefusedError(
      `There is no service or replica '${name}'.${whatThereIs(name, logNames(status))}`,
      error.code,
    );
  }
}

type Write = (id: string, line: string) => void;

const pathOf = (id: string, query: string): string =>
  `${pathTo('/v1/kumiki/replicas/:replica/logs', { replica: id })}?${query}`;

async function printTails(connection: Connection, ids: readonly string[], tail: number, write: Write): Promise<void> {
  for (const id of ids) {
    const response = await call(connection, pathOf(id, `tail=${tail}`));
    const lines = (await response.text()).split('\n').slice(0, -1);
    for (const line of lines) write(id, line);
  }
}

async function followAll(connection: Connection, ids: readonly string[], tail: number, write: Write): Promise<void> {
  const leaving = new AbortController();
  process.once('SIGINT', () => leaving.abort());
  await Promise.all(ids.map((id) => followLog(connection, id, tail, leaving.signal, write)));
}

async function followLog(
  connection: Connection,
  id: string,
  tail: number,
  signal: AbortSignal,
  write: Write,
): Promise<void> {
  try {
    const response = await call(connection, pathOf(id, `tail=${tail}&follow=true`), { signal });
    if (response.body === null) return;
    for await (const { data } of sseEvents(response.body)) write(id, data);
  } catch (error) {
    if (isAbort(error)) return;
    if (error instanceof CliError) throw error;
    throw new CliError(`The log of ${id} was cut short: ${(error as Error).message}.`);
  }
}
