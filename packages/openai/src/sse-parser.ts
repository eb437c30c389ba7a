import { KumikiError } from '@kumiki/api';

/**
 * The event-stream parser of the HTML standard (section 9.2.6, "Interpreting an event stream"), for readers of events.
 * The relay, which only forwards frames, uses sse-frames.ts.
 */

/** Most UTF-16 units of one line, and of one event's data. */
export const maxEventCharacters = 16_777_216;

export interface SseEvent {
  /** The `event` field; `message` when there is none. */
  readonly type: string;
  readonly data: string;
  /** The last `id` field seen on the stream. */
  readonly lastEventId: string;
}

export interface SseParser {
  /** The events that this chunk completes. After 'event_too_large' the parser must not be used. */
  push(chunk: Uint8Array): readonly SseEvent[] | 'event_too_large';
  /** The last valid `retry` field in milliseconds. */
  retryMs(): number | null;
}

interface Fields {
  data: string[];
  dataLength: number;
  type: string;
  lastEventId: string;
  retryMs: number | null;
}

/** Processes one line that is not blank. */
function takeLine(line: string, fields: Fields): void {
  const colon = line.indexOf(':');
  if (colon === 0) return;
  const name = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
  if (name === 'data') {
    fields.data.push(value);
    fields.dataLength += value.length + 1;
  } else if (name === 'event') {
    fields.type = value;
  } else if (name === 'id') {
    if (!value.includes('\0')) fields.lastEventId = value;
  } else if (name === 'retry') {
    if (/^[0-9]+$/.test(value)) fields.retryMs = Number(value);
  }
}

/** Ends an event at a blank line. @returns null when it has no data. */
function takeEvent(fields: Fields): SseEvent | null {
  const { data, type, lastEventId } = fields;
  fields.type = '';
  if (data.length === 0) return null;
  fields.data = [];
  fields.dataLength = 0;
  return { type: type === '' ? 'message' : type, data: data.join('\n'), lastEventId };
}

export function createSseParser(limitCharacters: number = maxEventCharacters): SseParser {
  // Node's removal of the byte order mark removes a second one too when a chunk boundary splits the first.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const fields: Fields = { data: [], dataLength: 0, type: '', lastEventId: '', retryMs: null };
  /** The unfinished line, in pieces, so that a line sent byte by byte takes linear time. */
  let pieces: string[] = [];
  let held = 0;
  let afterCr = false;
  let begun = false;

  function push(chunk: Uint8Array): readonly SseEvent[] | 'event_too_large' {
    const events: SseEvent[] = [];
    let text = decoder.decode(chunk, { stream: true });
    if (text === '') return events;
    if (!begun && text.startsWith('\uFEFF')) text = text.slice(1);
    begun = true;
    if (text === '') return events;
    const lineEnd = /[\r\n]/g;
    let start = afterCr && text[0] === '\n' ? 1 : 0;
    lineEnd.lastIndex = start;
    for (let found = lineEnd.exec(text); found !== null; found = lineEnd.exec(text)) {
      pieces.push(text.slice(start, found.index));
      const line = pieces.length === 1 ? (pieces[0] ?? '') : pieces.join('');
      pieces = [];
      held = 0;
      if (line === '') {
        const event = takeEvent(fields);
        if (event !== null) events.push(event);
      } else {
        takeLine(line, fields);
        if (line.length > limitCharacters || fields.dataLength > limitCharacters) return 'event_too_large';
      }
      start = found.index + (found[0] === '\r' && text[found.index + 1] === '\n' ? 2 : 1);
      lineEnd.lastIndex = start;
    }
    afterCr = text.endsWith('\r');
    if (start < text.length) {
      pieces.push(text.slice(start));
      held += text.length - start;
      if (held > limitCharacters) return 'event_too_large';
    }
    return events;
  }

  return { push, retryMs: () => fields.retryMs };
}

/** The events of a byte stream. Throws KumikiError `upstream_error` when one is too large. */
export async function* sseEvents(stream: AsyncIterable<Uint8Array>): AsyncGenerator<SseEvent, void, void> {
  const parser = createSseParser();
  for await (const chunk of stream) {
    const events = parser.push(chunk);
    if (events === 'event_too_large') {
      throw new KumikiError('upstream_error', {
        reason: `an event of its stream is larger than ${maxEventCharacters} characters`,
      });
    }
    yield* events;
  }
}
