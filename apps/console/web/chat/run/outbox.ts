import type { RequestBody } from '../model/build-request.ts';

/** A request to begin a turn of which no reply has been seen. */
export interface OutboxEntry {
  readonly key: string;
  readonly body: RequestBody;
  /** Unix milliseconds. */
  readonly at: number;
}

const prefix = 'kumiki.outbox.';
/** How long a request is kept. The service remembers keys for a day; a later retry would start a second turn. */
const keptMs = 3_600_000;
const maxCharacters = 500_000;

/** Keeps a request until its reply has begun, so that a tab that is closed in between loses nothing. */
export function putOutbox(chatId: string, entry: OutboxEntry): void {
  const text = JSON.stringify(entry);
  if (text.length > maxCharacters) return;
  try {
    localStorage.setItem(prefix + chatId, text);
  } catch {
    // No storage: a lost reply costs this message its place, as everywhere else.
  }
}

export function takeOutbox(chatId: string, now: number): OutboxEntry | null {
  try {
    const entry = JSON.parse(localStorage.getItem(prefix + chatId) ?? 'null') as OutboxEntry | null;
    return entry !== null && now - entry.at < keptMs ? entry : null;
  } catch {
    return null;
  }
}

export function clearOutbox(chatId: string): void {
  try {
    localStorage.removeItem(prefix + chatId);
  } catch {
    // Nothing was kept.
  }
}
