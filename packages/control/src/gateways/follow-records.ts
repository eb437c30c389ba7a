import { observedPaths, observedPingMs, type RequestRecord, requestRecordSchema } from '@kumiki/api';
import type { GatewayPlace } from './ask-gateway.ts';

/** A gateway that sends nothing for this long, not even a comment, is considered gone. */
const silenceMs = 3 * observedPingMs;
/** Time between two attempts to follow a gateway. */
const retryMs = 1_000;
/** Longest incomplete frame that is buffered: one record. */
const maxFrameCharacters = 1_048_576;

/**
 * Calls back with every record of a gateway that changes, and reconnects until it is stopped. Returns a function that
 * stops it.
 */
export function followRecords(place: GatewayPlace, onRecord: (record: RequestRecord) => void): () => void {
  let left = false;
  let timer: NodeJS.Timeout | undefined;
  let open = new AbortController();
  const run = async (): Promise<void> => {
    open = new AbortController();
    try {
      await readStream(place, open, onRecord);
    } catch {
      // After any failure the stream is opened again. Nothing is lost: the gateway's list of records contains what was
      // missed.
    }
    if (!left) timer = setTimeout(() => void run(), retryMs);
  };
  void run();
  return () => {
    left = true;
    clearTimeout(timer);
    open.abort();
  };
}

async function readStream(
  { url, token }: GatewayPlace,
  open: AbortController,
  onRecord: (record: RequestRecord) => void,
): Promise<void> {
  const silence = setTimeout(() => open.abort(), silenceMs);
  try {
    const headers = { authorization: `Bearer ${token}` };
    const reply = await fetch(`${url}${observedPaths.live}`, { signal: open.signal, headers });
    // Destroying the stream releases its connection.
    if (reply.status !== 200) return;
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of reply.body ?? []) {
      silence.refresh();
      text += decoder.decode(chunk, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      if (text.length > maxFrameCharacters) return;
      for (const frame of frames) {
        if (!frame.startsWith('data: ')) continue;
        const read = requestRecordSchema.safeParse(JSON.parse(frame.slice('data: '.length)));
        if (read.success) onRecord(read.data);
      }
    }
  } finally {
    clearTimeout(silence);
    open.abort();
  }
}
