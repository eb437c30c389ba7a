import { observedPaths, observedPingMs, type RequestRecord, requestRecordSchema } from '@kumiki/api';
import type { GatewayPlace } from './ask-gateway.ts';

/** A gateway that sends nothing, not even a comment, for this long is gone. */
const silenceMs = 3 * observedPingMs;
/** Between two attempts to follow a gateway. */
const retryMs = 1_000;
/** Longest piece of a stream that waits for its end: one record. */
const maxFrameCharacters = 1_048_576;

/** Calls back with every record of a gateway that moves, again and again until it is left. Returns what leaves. */
export function followRecords(place: GatewayPlace, onRecord: (record: RequestRecord) => void): () => void {
  let left = false;
  let timer: NodeJS.Timeout | undefined;
  let open = new AbortController();
  const run = async (): Promise<void> => {
    open = new AbortController();
    try {
      await readStream(place, open, onRecord);
    } catch {
      // Whatever ended it, the gateway is asked again: what it has lists all that was missed.
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
    // The end of this stream gives its connection back.
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
