import { type AccountsLine, accountsLineSchema, accountsStreamVersion, maxAccountsLineBytes } from '@kumiki/api';
import { type AccountsPart, type AccountsState, applyItem, emptyState, UnreadableStream } from './accounts-state.ts';

/** What a reader of the stream reports. */
export interface StreamEvents {
  /** The complete state has arrived, and replaces the earlier one. */
  whole(state: AccountsState, number: number): void;
  /** Changes were applied to that state. */
  changed(parts: ReadonlySet<AccountsPart>, number: number): void;
  /** The state is that of the database some milliseconds ago. */
  current(ageMs: number): void;
}

/**
 * Reads the stream of accounts until it ends. Throws when a number is missing, and UnreadableStream for what is no such
 * stream.
 */
export async function readAccountsStream(body: AsyncIterable<Uint8Array>, events: StreamEvents): Promise<void> {
  const take = createLineTaker(events);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxAccountsLineBytes) throw new UnreadableStream('a line of it is too long');
    for (const line of lines) take.line(line);
    take.settle();
  }
}

/** Applies line after line. */
function createLineTaker({ whole, changed, current }: StreamEvents) {
  let next: { readonly state: AccountsState; readonly number: number; count: number } | null = null;
  let held: { readonly state: AccountsState; number: number } | null = null;
  const touched = new Set<AccountsPart>();

  function take(line: AccountsLine): void {
    switch (line.type) {
      case 'begin':
        if (line.version !== accountsStreamVersion) {
          throw new UnreadableStream(`it has version ${line.version}, and this gateway reads ${accountsStreamVersion}`);
        }
        next = { state: emptyState(), number: line.number, count: 0 };
        return;
      case 'item':
        if (next === null) throw new UnreadableStream('an item came before its beginning');
        next.count++;
        applyItem(next.state, line.item);
        return;
      case 'end':
        if (next === null || next.count !== line.count) throw new Error('the whole came in parts only');
        held = { state: next.state, number: next.number };
        next = null;
        whole(held.state, held.number);
        return current(0);
      case 'change': {
        if (held === null || line.number !== held.number + 1)
          throw new Error(`change ${line.number} came out of order`);
        const part = applyItem(held.state, line.item);
        if (part !== null) touched.add(part);
        held.number = line.number;
        return;
      }
      case 'heartbeat':
        if (held !== null && line.number !== held.number) throw new Error(`changes up to ${line.number} are missing`);
        return current(line.age_ms);
    }
  }

  return {
    line(text: string): void {
      const line = parseLine(text);
      if (line !== null) take(line);
    },
    /** Reports the changes since the last call. */
    settle(): void {
      if (touched.size === 0 || held === null) return;
      changed(new Set(touched), held.number);
      touched.clear();
      current(0);
    },
  };
}

/** null for a type that is not known here. */
function parseLine(text: string): AccountsLine | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UnreadableStream('a line of it is not JSON');
  }
  const read = accountsLineSchema.safeParse(json);
  if (read.success) return read.data;
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : null;
  if (typeof type === 'string' && !knownTypes.has(type)) return null;
  throw new UnreadableStream(`a line of type '${String(type)}' is not as it should be`);
}

const knownTypes: ReadonlySet<string> = new Set(['begin', 'item', 'end', 'change', 'heartbeat']);
