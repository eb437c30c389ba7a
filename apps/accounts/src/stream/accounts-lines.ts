import {
  accountsHeartbeatMs,
  type AccountsItem,
  type AccountsLine,
  accountsStreamVersion,
  type KeyRecord,
  streamKey,
  streamSession,
} from '@kumiki/api';
import type { LoadedChange } from '../database/load-accounts.ts';
import type { Mirror } from '../database/mirror.ts';
import { keyRecordOf, limitsOf, sessionRecordOf } from '../database/rows.ts';

/** Text that is handed on at once. */
const chunkCharacters = 65_536;

/**
 * The stream of accounts for one reader: the complete state, then every change. It ends when the reader is slower than the
 * list of recent changes allows, or when the mirror was reloaded; the reader then connects again.
 * @param serviceKeys keys of services, which are in no database.
 */
export async function* accountsLines(
  mirror: Mirror,
  serviceKeys: readonly KeyRecord[],
  signal: AbortSignal,
): AsyncGenerator<string> {
  const generation = mirror.generation();
  const { number, items } = itemsNow(mirror, serviceKeys);
  yield line({ type: 'begin', version: accountsStreamVersion, number });
  let text = '';
  for (const item of items) {
    text += line({ type: 'item', item: item() });
    if (text.length < chunkCharacters) continue;
    yield text;
    text = '';
  }
  yield `${text}${line({ type: 'end', count: items.length })}`;
  let sent = number;
  while (!signal.aborted && mirror.generation() === generation) {
    const changes = mirror.changesAfter(sent);
    if (changes === null) return;
    const last = changes.at(-1);
    if (last !== undefined) {
      for (const change of changes) yield line({ type: 'change', number: change.number, item: itemOf(change) });
      sent = last.number;
      continue;
    }
    // Before the line is handed on, since a change may come while the reader takes it.
    const moved = mirror.moved(accountsHeartbeatMs);
    yield line({ type: 'heartbeat', number: sent, age_ms: mirror.ageMs() });
    await moved;
  }
}

function line(value: AccountsLine): string {
  return `${JSON.stringify(value)}\n`;
}

/** The items as they are now; each is made when its turn comes. */
function itemsNow(mirror: Mirror, serviceKeys: readonly KeyRecord[]) {
  const { number, keys, sessions, projectLimits } = mirror.state();
  const items: (() => AccountsItem)[] = [];
  for (const record of serviceKeys) items.push(() => ({ kind: 'key', id: record.id, value: streamKey(record) }));
  for (const [id, value] of keys) items.push(() => itemOf({ number, kind: 'key', id, value }));
  for (const [id, value] of sessions) items.push(() => itemOf({ number, kind: 'session', id, value }));
  for (const [id, value] of projectLimits) items.push(() => itemOf({ number, kind: 'project_limits', id, value }));
  return { number, items };
}

function itemOf(change: LoadedChange): AccountsItem {
  const { kind, id, value } = change;
  switch (kind) {
    case 'key':
      return { kind, id, value: value === null ? null : streamKey(keyRecordOf(value)) };
    case 'session':
      return { kind, id, value: value === null ? null : streamSession(sessionRecordOf(value)) };
    case 'project_limits':
      return { kind, id, value: value === null ? null : limitsOf(value) };
  }
}
