/**
 * PostgreSQL's messages (protocol 3.0): a byte that names the type, the length with itself as four bytes, and the body.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** How a session stands after a unit: idle, in a transaction, or in one that has failed. */
export type SessionState = 'I' | 'T' | 'E';

/** What the engine said to one unit. */
export interface ScannedReply {
  /** Without the notifications, which belong to whoever listens. */
  readonly bytes: Uint8Array;
  readonly notices: readonly { readonly channel: string; readonly payload: string }[];
  readonly state: SessionState;
  /** The engine has said FATAL or PANIC: nothing more can be asked of it. */
  readonly hasEnded: boolean;
}

const headerBytes = 5;
const type = { error: 0x45, notification: 0x41, ready: 0x5a } as const;

/** Looks at every message of a reply. Linear in their number; bodies are not read, save those of notifications and errors. */
export function scanReply(reply: Uint8Array): ScannedReply {
  const bytes = Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength);
  const kept: Uint8Array[] = [];
  const notices: { channel: string; payload: string }[] = [];
  let keptFrom = 0;
  let state: SessionState = 'I';
  let hasEnded = false;
  for (let at = 0; at + headerBytes <= bytes.length;) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    const body = bytes.subarray(at + headerBytes, end);
    const kind = bytes[at];
    if (kind === type.notification) {
      // After the four bytes of the sender's process.
      const [channel = '', payload = ''] = body.toString('utf8', 4).split('\0');
      notices.push({ channel, payload });
      kept.push(bytes.subarray(keptFrom, at));
      keptFrom = end;
    } else if (kind === type.error) hasEnded ||= isFinal(body);
    else if (kind === type.ready) state = String.fromCharCode(body[0] ?? 0x49) as SessionState;
    at = end;
  }
  const whole = notices.length === 0 ? reply : Buffer.concat([...kept, bytes.subarray(keptFrom)]);
  return { bytes: whole, notices, state, hasEnded };
}

/** Field V is the severity in English, whatever the language of the messages. */
function isFinal(body: Buffer): boolean {
  return body
    .toString('latin1')
    .split('\0')
    .some((field) => field === 'VFATAL' || field === 'VPANIC');
}

function frame(name: string, body: Uint8Array): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(name, 0, 'latin1');
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

export function queryFrame(sql: string): Uint8Array {
  return frame('Q', Buffer.from(`${sql}\0`));
}

export function readyFrame(state: SessionState): Uint8Array {
  return frame('Z', Buffer.from(state, 'latin1'));
}

/** @param sqlState five characters; see appendix A of PostgreSQL's manual. */
export function errorFrame(severity: 'ERROR' | 'FATAL', sqlState: string, message: string): Uint8Array {
  return frame('E', Buffer.from(`S${severity}\0V${severity}\0C${sqlState}\0M${message}\0\0`));
}

export function notificationFrame(channel: string, payload: string): Uint8Array {
  return frame('A', Buffer.concat([Buffer.alloc(4), Buffer.from(`${channel}\0${payload}\0`)]));
}

/** What follows an accepted connection: no password, the parameters, a key that cancels nothing, and that it may ask. */
export function welcomeFrames(parameters: Readonly<Record<string, string>>): Uint8Array {
  return Buffer.concat([
    frame('R', Buffer.alloc(4)),
    ...Object.entries(parameters).map(([name, value]) => frame('S', Buffer.from(`${name}\0${value}\0`))),
    frame('K', Buffer.alloc(8)),
    readyFrame('I'),
  ]);
}
