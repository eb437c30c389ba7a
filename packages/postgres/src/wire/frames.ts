/**
 * PostgreSQL's messages (protocol 3.0): a byte that names the type, the length with itself as four bytes, and the body.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** The state of a session after a unit: idle, in a transaction, or in a failed transaction. */
export type SessionState = 'I' | 'T' | 'E';

/** The engine's reply to one unit. */
export interface ScannedReply {
  /** Without the notifications, which go to the listeners. */
  readonly bytes: Uint8Array;
  readonly notices: readonly { readonly channel: string; readonly payload: string }[];
  readonly state: SessionState;
  /** The engine has reported FATAL or PANIC and cannot be used any more. */
  readonly hasEnded: boolean;
}

const headerBytes = 5;
const type = { error: 0x45, notification: 0x41, ready: 0x5a } as const;

/** Scans the messages of a reply, in linear time. Only the bodies of notifications and errors are read. */
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
      // After the four bytes of the sender's process id.
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

/**
 * The reply to a new connection: authentication succeeded, the parameters, a cancellation key without effect, and ready
 * for queries.
 */
export function welcomeFrames(parameters: Readonly<Record<string, string>>): Uint8Array {
  return Buffer.concat([
    frame('R', Buffer.alloc(4)),
    ...Object.entries(parameters).map(([name, value]) => frame('S', Buffer.from(`${name}\0${value}\0`))),
    frame('K', Buffer.alloc(8)),
    readyFrame('I'),
  ]);
}
