import { didYouMean, pathTo, type Replica } from '@kumiki/api';
import { sseEvents } from '@kumiki/openai';
import { connect, type Connection, type ConnectionFlags } from '../client/connect.ts';
import { call, callJson, isAbort } from '../client/http-client.ts';
import { CliError } from '../host/cli-error.ts';
import { colors, print, printJsonLine } from '../terminal/print.ts';
import { printable } from '../terminal/printable.ts';

interface LogFlags extends ConnectionFlags {
  readonly json?: boolean;
  readonly tail: number;
  readonly follow?: boolean;
}

/** Prints the logs of one replica, of a service's replicas, or of all. */
export async function showLogs(name: string | undefined, flags: LogFlags): Promise<void> {
  const connection = connect(flags);
  const { data } = await callJson<{ data: Replica[] }>(connection, pathTo('/v1/kumiki/replicas'));
  const own = data.filter(({ pid, phase }) => pid !== null || phase !== 'ready');
  const chosen = own.filter(({ id, service }) => name === undefined || id === name || service === name);
  const ids = chosen.map(({ id }) => id);
  // A replica that is gone has left its log.
  if (ids.length === 0 && name !== undefined) {
    if (data.some(({ service }) => service === name))
      throw new CliError(`'${name}' has no replica on this machine, so it has no log.`);
    const near = didYouMean(name, new Set(own.flatMap(({ id, service }) => [service, id])));
    if (near !== '') throw new CliError(`There is no service or replica '${name}'.${near}`);
    ids.push(name);
  }
  const write = (id: string, line: string): void => {
    if (flags.json === true) printJsonLine({ replica: id, line });
    else print(ids.length > 1 ? `${colors.dim(id)} ${printable(line)}` : printable(line));
  };
  if (flags.follow !== true) {
    for (const id of ids) await printTail(connection, id, flags.tail, write);
    return;
  }
  const leaving = new AbortController();
  process.once('SIGINT', () => leaving.abort());
  await Promise.all(ids.map((id) => followLog(connection, id, flags.tail, leaving.signal, write)));
}

type Write = (id: string, line: string) => void;

const pathOf = (id: string, query: string): string =>
  `${pathTo('/v1/kumiki/replicas/:replica/logs', { replica: id })}?${query}`;

async function printTail(connection: Connection, id: string, tail: number, write: Write): Promise<void> {
  const response = await call(connection, pathOf(id, `tail=${tail}`));
  const lines = (await response.text()).split('\n').slice(0, -1);
  for (const line of lines) write(id, line);
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
