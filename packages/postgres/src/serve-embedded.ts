import type { Duplex } from 'node:stream';
import type { WireReply } from './embedded-protocol.ts';
import { keepThread } from './keep-thread.ts';
import type { EmbeddedThread } from './start-thread.ts';
import { errorFrame, notificationFrame, type SessionState, welcomeFrames } from './wire/frames.ts';
import { createTurns, type Turns } from './wire/turns.ts';
import { type ClientEvent, createUnitReader } from './wire/unit-reader.ts';

/** Most concurrent clients: the pools and listeners of one machine's services, and `psql`. */
const maxSessions = 128;

export interface ServedDatabase {
  /** Resolves when queries can be answered; rejects when the folder cannot be opened. */
  readonly opened: Promise<void>;
  /** Serves a client over PostgreSQL's protocol. There is no authentication: every client has all rights. */
  accept(socket: Duplex): void;
  /** Ends all sessions, syncs everything to disk, and closes. */
  close(): Promise<void>;
}

interface Session {
  readonly socket: Duplex;
  readonly channels: Set<string>;
}

/**
 * Serves the embedded database of a folder to other processes. It has one connection: requests of its clients run one
 * after the other, each transaction as a whole. When its thread dies all clients are disconnected, as when a server
 * restarts.
 */
export function serveEmbedded(folder: string | null): ServedDatabase {
  const sessions = new Set<Session>();
  const threads = keepThread(folder, {
    onNotice(channel, payload) {
      for (const { socket, channels } of sessions) {
        if (channels.has(channel)) socket.write(notificationFrame(channel, payload));
      }
    },
    async onReopened(thread) {
      follow(thread);
    },
  });
  const drop = (session: Session, sqlState: string, reason: string): void => {
    session.socket.end(errorFrame('FATAL', sqlState, reason));
    sessions.delete(session);
    turns.forget(session);
  };
  const dropAll = (reason: string): void => {
    for (const session of sessions) drop(session, '57P01', reason);
  };
  const turns: Turns<Session> = createTurns({
    ask: (bytes, limitMs) => askThread(threads.current(), bytes, limitMs),
    reply: ({ socket }, bytes) => void socket.write(bytes),
    drop,
  });
  const follow = (thread: EmbeddedThread): void => void thread.ended.then(() => dropAll('the database starts again'));
  const first = threads.current();
  follow(first);
  const parameters = first.opened.then(() => readParameters(first));
  const welcome = (session: Session): void =>
    void Promise.all([parameters, threads.current().opened]).then(
      ([told]) => session.socket.write(welcomeFrames(told)),
      () => drop(session, '57P03', 'the database cannot be opened'),
    );
  return {
    opened: parameters.then(() => {}),
    accept(socket) {
      const session: Session = { socket, channels: new Set() };
      const read = createUnitReader();
      socket.on('error', () => {});
      socket.on('close', () => {
        sessions.delete(session);
        turns.forget(session);
      });
      if (sessions.size >= maxSessions) return drop(session, '53300', `there are ${maxSessions} clients already`);
      sessions.add(session);
      socket.on('data', (chunk: Uint8Array) => {
        for (const event of read(chunk)) takeEvent(session, event, { turns, welcome, drop });
      });
    },
    async close() {
      threads.giveUp();
      dropAll('the database ends');
      const thread = threads.current();
      await turns.idle();
      if (thread.isOpen()) await thread.request({ type: 'close' }).result.catch(() => {});
      await thread.end();
    },
  };
}

interface Doing {
  readonly turns: Turns<Session>;
  welcome(session: Session): void;
  drop(session: Session, sqlState: string, reason: string): void;
}

function takeEvent(session: Session, event: ClientEvent, { turns, welcome, drop }: Doing): void {
  switch (event.type) {
    case 'encrypt':
      session.socket.write('N');
      return;
    case 'start':
      return welcome(session);
    case 'unit':
      noteListening(session, event.bytes);
      return turns.add(session, event.bytes);
    case 'end':
      if (event.reason === null) session.socket.end();
      else drop(session, '08P01', event.reason);
  }
}

async function askThread(
  thread: EmbeddedThread,
  bytes: Uint8Array,
  limitMs: number,
): Promise<{ readonly state: SessionState; readonly reply: Promise<Uint8Array> }> {
  const { ran, result } = thread.request({ type: 'wire', bytes }, limitMs);
  let state: SessionState = 'I';
  const reply = result.then(({ rows }) => {
    const answer = rows[0] as WireReply;
    ({ state } = answer);
    return answer.bytes;
  });
  reply.catch(() => {});
  // A commit that only waits for the disk has left its transaction. For any other request the result is available
  // before this resolves.
  await ran;
  return { state, reply };
}

const listen = /^LISTEN\s+"?(\w{1,63})"?\s*(?:;\s*)?$/i;
const queryType = 0x51;
/** `LISTEN` and PostgreSQL's longest name. */
const maxListenBytes = 100;

function noteListening({ channels }: Session, unit: Uint8Array): void {
  if (unit[0] !== queryType || unit.length > maxListenBytes) return;
  const channel = listen.exec(Buffer.from(unit).toString('utf8', 5, unit.length - 1))?.[1];
  if (channel !== undefined) channels.add(channel);
}

async function readParameters(thread: EmbeddedThread): Promise<Record<string, string>> {
  const names = ['server_version', 'server_encoding', 'client_encoding', 'DateStyle', 'TimeZone', 'integer_datetimes'];
  const parameters: Record<string, string> = { standard_conforming_strings: 'on' };
  for (const name of names) {
    const { rows } = await thread.request({ type: 'query', sql: `SHOW ${name}`, parameters: [], settles: false })
      .result;
    parameters[name] = String(Object.values(rows[0] as object)[0]);
  }
  return parameters;
}
