import { type BrowserSessionList, type EndedSessions, pathTo } from '@kumiki/api';
import { connect, type ConnectionFlags } from '../client/connect.ts';
import { callJson } from '../client/http-client.ts';
import { CliError } from '../host/cli-error.ts';
import { formatAge } from '../terminal/format.ts';
import { print, printJson } from '../terminal/print.ts';
import { printable } from '../terminal/printable.ts';
import { formatTable } from '../terminal/table.ts';

interface Flags extends ConnectionFlags {
  readonly json?: boolean;
  /** Id of the key that is meant. */
  readonly key?: string;
}

const path = pathTo('/v1/kumiki/sessions');

/** What a browser says of itself is long, and its end matters least. */
const shownUserAgent = 60;

const ofKey = (key: string | undefined): string => (key === undefined ? '' : `?key_id=${encodeURIComponent(key)}`);

export async function listSessions(flags: Flags): Promise<void> {
  const list = await callJson<BrowserSessionList>(connect(flags), path + ofKey(flags.key));
  if (flags.json === true) return printJson(list);
  const now = Date.now() / 1_000;
  print(
    formatTable(
      ['ID', 'KEY', 'SIGNED IN', 'LAST USED', 'EXPIRES', 'BROWSER'],
      list.data.map((session) => [
        session.id,
        printable(session.key.name),
        `${formatAge(now - session.created_at)} ago`,
        session.last_used_at === null ? 'not known' : `${formatAge(now - session.last_used_at)} ago`,
        `in ${formatAge(session.expires_at - now)}`,
        printable(session.user_agent ?? '').slice(0, shownUserAgent),
      ]),
    ),
  );
}

/** Those that are named, or all of a key: one's own where none is named. */
export async function endSessions(ids: readonly string[], flags: Flags & { readonly all?: boolean }): Promise<void> {
  const all = flags.all === true;
  if (all === ids.length > 0) throw new CliError('Name the sessions to end, or give --all for all of a key.', 2);
  const connection = connect(flags);
  if (all) {
    const ended = await callJson<EndedSessions>(connection, path + ofKey(flags.key), { method: 'DELETE' });
    if (flags.json === true) return printJson(ended);
    return print(`${ended.deleted} ${ended.deleted === 1 ? 'session' : 'sessions'} ended`);
  }
  const results: unknown[] = [];
  for (const id of ids) {
    results.push(
      await callJson(connection, pathTo('/v1/kumiki/sessions/:session', { session: id }), { method: 'DELETE' }),
    );
    if (flags.json !== true) print(`session/${id} ended`);
  }
  if (flags.json === true) printJson({ object: 'list', data: results });
}
