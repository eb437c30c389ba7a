import { type BrowserSessionList, type EndedSessions, pathTo, type Session, whatThereIs } from '@kumiki/api';
import { connect, type Connection, type ConnectionFlags } from '../client/connect.ts';
import { orWhichKeys } from '../client/explain-key.ts';
import { callJson, RefusedError } from '../client/http-client.ts';
import { CliError } from '../host/cli-error.ts';
import { formatAge } from '../terminal/format.ts';
import { print, printJson } from '../terminal/print.ts';
import { printable } from '../terminal/printable.ts';
import { requireConsent } from '../terminal/require-consent.ts';
import { formatTable } from '../terminal/table.ts';

interface Flags extends ConnectionFlags {
  readonly json?: boolean;
  /** Id of the key whose sessions are listed or ended. */
  readonly key?: string;
}

const path = pathTo('/v1/kumiki/sessions');

/** A `user-agent` is long, and its end matters least. */
const shownUserAgent = 60;

const ofKey = (key: string | undefined): string => (key === undefined ? '' : `?key_id=${encodeURIComponent(key)}`);

/** Calls about the sessions of one key, or of those that may be seen. */
function ofKeyMeant<Reply>(
  connection: Connection,
  key: string | undefined,
  options: { method?: 'DELETE' } = {},
): Promise<Reply> {
  const reply = callJson<Reply>(connection, path + ofKey(key), options);
  return key === undefined ? reply : orWhichKeys(connection, key, reply);
}

export async function listSessions(flags: Flags): Promise<void> {
  const connection = connect(flags);
  const list = await ofKeyMeant<BrowserSessionList>(connection, flags.key);
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

/** Ends the named sessions, or all of a key, by default the caller's own. */
export async function endSessions(
  ids: readonly string[],
  flags: Flags & { readonly all?: boolean; readonly yes?: boolean },
): Promise<void> {
  const all = flags.all === true;
  if (all === ids.length > 0) throw new CliError('Name the sessions to end, or give --all for all of a key.', 2);
  const connection = connect(flags);
  if (all) {
    const cutOff = await describeCutOff(connection, flags.key);
    if (cutOff !== null) await requireConsent(cutOff, flags);
    const ended = await ofKeyMeant<EndedSessions>(connection, flags.key, { method: 'DELETE' });
    if (flags.json === true) return printJson(ended);
    return print(`${ended.deleted} ${ended.deleted === 1 ? 'session' : 'sessions'} ended`);
  }
  const results: unknown[] = [];
  for (const id of ids) {
    results.push(await endOne(connection, id));
    if (flags.json !== true) print(`session/${id} ended`);
  }
  if (flags.json === true) printJson({ object: 'list', data: results });
}

async function endOne(connection: Connection, id: string): Promise<unknown> {
  try {
    return await callJson(connection, pathTo('/v1/kumiki/sessions/:session', { session: id }), { method: 'DELETE' });
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== 'not_found') throw error;
    const { data } = await callJson<BrowserSessionList>(connection, path);
    const known = data.map((session) => session.id);
    throw new RefusedError(`There is no session '${id}'.${whatThereIs(id, known)}`, error.code);
  }
}

/** Whether all browsers of the one who asks are signed out, and the way back in; null where none is. */
async function describeCutOff(connection: Connection, keyId: string | undefined): Promise<string | null> {
  const { key } = await callJson<Session>(connection, pathTo('/v1/kumiki/session'));
  if (keyId !== undefined && keyId !== key.id) return null;
  const { data } = await callJson<BrowserSessionList>(connection, path + ofKey(key.id));
  if (data.length === 0) return null;
  return `This signs out every browser of your key '${printable(key.name)}': ${data.length}. 'kumiki console' prints a link that signs in again.`;
}
