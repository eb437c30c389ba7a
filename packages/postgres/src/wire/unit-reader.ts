/** Most bytes of one unit, parameters included. */
const maxUnitBytes = 134_217_728;
/** A startup message has a few hundred bytes. */
const maxStartBytes = 10_000;

const codes = { ssl: 80_877_103, gssapi: 80_877_104, cancel: 80_877_102 } as const;
const version3 = 3;

/** What the bytes of a client ask for. */
export type ClientEvent =
  /** A request for encryption; the answer is one byte. */
  | { readonly type: 'encrypt' }
  | { readonly type: 'start' }
  /** Messages that are answered together, up to a simple query or a Sync. */
  | { readonly type: 'unit'; readonly bytes: Uint8Array }
  /** The client disconnects, or it has sent something invalid. */
  | { readonly type: 'end'; readonly reason: string | null };

const message = { query: 0x51, sync: 0x53, terminate: 0x58 } as const;

/** Parses the bytes of one client into events. An `end` is the last one. */
export function createUnitReader(): (chunk: Uint8Array) => ClientEvent[] {
  let held: Buffer = Buffer.alloc(0);
  let chunks: Buffer[] = [];
  let chunkBytes = 0;
  /** Bytes that are needed before parsing can continue. */
  let wanted = 4;
  /** Position in the buffer of the first message that is not parsed yet. */
  let at = 0;
  let started = false;
  let ended = false;

  const end = (reason: string | null): ClientEvent => {
    ended = true;
    held = Buffer.alloc(0);
    return { type: 'end', reason };
  };
  const take = (length: number): Buffer => {
    const taken = held.subarray(0, length);
    held = held.subarray(length);
    at = 0;
    return taken;
  };
  const readStart = (): ClientEvent | null => {
    if (held.length < 8) return need(8);
    const length = held.readInt32BE(0);
    if (length < 8 || length > maxStartBytes) return end('no start of PostgreSQL');
    if (held.length < length) return need(length);
    const code = take(length).readInt32BE(4);
    if (code === codes.ssl || code === codes.gssapi) return { type: 'encrypt' };
    if (code === codes.cancel) return end(null);
    if (code >> 16 !== version3) return end(`protocol ${code >> 16} is not spoken here`);
    started = true;
    return { type: 'start' };
  };
  const need = (bytes: number): null => {
    wanted = bytes;
    return null;
  };
  const readUnit = (): ClientEvent | null => {
    for (;;) {
      if (held.length < at + 5) return need(at + 5);
      const next = at + 1 + held.readInt32BE(at + 1);
      if (next < at + 5 || next > maxUnitBytes) return end(`a message is larger than ${maxUnitBytes} bytes`);
      if (held.length < next) return need(next);
      const kind = held[at];
      at = next;
      if (kind === message.terminate) return end(null);
      if (kind === message.query || kind === message.sync) return { type: 'unit', bytes: take(next) };
    }
  };
  return (chunk) => {
    const events: ClientEvent[] = [];
    if (ended) return events;
    chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    chunkBytes += chunk.length;
    if (held.length + chunkBytes < wanted) return events;
    held = Buffer.concat([held, ...chunks]);
    chunks = [];
    chunkBytes = 0;
    for (;;) {
      const event = started ? readUnit() : readStart();
      if (event === null) return events;
      events.push(event);
      if (event.type === 'end') return events;
    }
  };
}
