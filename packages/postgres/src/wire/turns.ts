import { errorFrame, queryFrame, readyFrame, type SessionState } from './frames.ts';

/** Most units of all clients that wait for the one connection; more are refused. */
const maxWaiting = 1_000;
/** A unit that waits longer is refused. */
const maxWaitMs = 30_000;
/** Limit of a statement, which blocks all others. A transaction may set its own. */
const statementLimitMs = 60_000;
/** A transaction that is idle for this time while others wait is aborted, since its client may have hung. */
const maxIdleInTransactionMs = 1_000;

export interface TurnsOptions<Session> {
  /** Resolves when the connection is free for the next unit; the reply may come later, after the sync. */
  ask(
    bytes: Uint8Array,
    limitMs: number,
  ): Promise<{ readonly state: SessionState; readonly reply: Promise<Uint8Array> }>;
  reply(session: Session, bytes: Uint8Array): void;
  /** Disconnects a client with the reason, and removes it from the queue. */
  drop(session: Session, sqlState: string, reason: string): void;
}

/** Shares one connection: first come, first served, and a transaction as a whole. */
export interface Turns<Session> {
  add(session: Session, unit: Uint8Array): void;
  /** The client has disconnected: its waiting units are dropped, and its transaction is rolled back. */
  forget(session: Session): void;
  /** Resolves when no unit is running. */
  idle(): Promise<void>;
}

export function createTurns<Session extends object>(options: TurnsOptions<Session>): Turns<Session> {
  /** The client whose transaction the connection is in. */
  let holder: Session | null = null;
  let holderLimitMs = statementLimitMs;
  let isRunning = false;
  let idleTimer: NodeJS.Timeout | undefined;
  const idleListeners: (() => void)[] = [];
  const gone = new WeakSet<Session>();
  const send = createReplies(options.reply, (session) => gone.has(session));
  const refuse = (session: Session): void => send(session, Promise.resolve(busy));
  const queue = createQueue(refuse);

  async function run(session: Session | null, unit: Uint8Array): Promise<void> {
    isRunning = true;
    const limitMs = session !== null && session === holder ? holderLimitMs : statementLimitMs;
    const { state, reply } = await options.ask(unit, limitMs);
    if (session !== null) send(session, reply);
    if (state === 'I') {
      holder = null;
      holderLimitMs = statementLimitMs;
    } else if (session !== null) {
      holder = session;
      holderLimitMs = Math.max(holderLimitMs, ownLimitMs(unit));
    }
    isRunning = false;
    next();
  }

  function next(): void {
    clearTimeout(idleTimer);
    if (isRunning) return;
    if (holder !== null && gone.has(holder)) return void run(null, queryFrame('ROLLBACK'));
    const taken = queue.take(holder);
    if (taken !== null) return void run(taken.session, taken.unit);
    if (holder !== null && queue.length() > 0) watchHolder(holder);
    for (const listener of idleListeners.splice(0)) listener();
  }

  function watchHolder(stalled: Session): void {
    idleTimer = setTimeout(
      () => options.drop(stalled, '25P03', 'its transaction kept others waiting and asked nothing'),
      maxIdleInTransactionMs,
    );
  }

  return {
    add(session, unit) {
      if (gone.has(session)) return;
      if (queue.length() >= maxWaiting) return refuse(session);
      queue.add(session, unit);
      next();
    },
    forget(session) {
      if (gone.has(session)) return;
      gone.add(session);
      queue.drop(session);
      if (holder === session) next();
    },
    idle: () =>
      new Promise((resolve) => {
        idleListeners.push(resolve);
        next();
      }),
  };
}

const busy = Buffer.concat([errorFrame('ERROR', '53300', 'the database is busy'), readyFrame('I')]);

interface Waiting<Session> {
  readonly session: Session;
  readonly unit: Uint8Array;
  readonly timer: NodeJS.Timeout;
}

/** Units in order of arrival; one that waits too long is refused. */
function createQueue<Session>(refuse: (session: Session) => void) {
  let waiting: Waiting<Session>[] = [];
  return {
    length: () => waiting.length,
    add(session: Session, unit: Uint8Array): void {
      const timer = setTimeout(() => {
        waiting = waiting.filter((one) => one.timer !== timer);
        refuse(session);
      }, maxWaitMs);
      waiting.push({ session, unit, timer });
    },
    /** The next one, or the next one of the client in whose transaction the connection is. */
    take(holder: Session | null): Waiting<Session> | null {
      const index = holder === null ? 0 : waiting.findIndex(({ session }) => session === holder);
      const [taken = null] = index < 0 ? [] : waiting.splice(index, 1);
      if (taken !== null) clearTimeout(taken.timer);
      return taken;
    },
    drop(gone: Session): void {
      for (const { session, timer } of waiting) if (session === gone) clearTimeout(timer);
      waiting = waiting.filter(({ session }) => session !== gone);
    },
  };
}

/**
 * Sends the replies of a client in the order of its requests, since one may wait for the disk while the next has
 * finished.
 */
function createReplies<Session extends object>(
  reply: TurnsOptions<Session>['reply'],
  isGone: (session: Session) => boolean,
): (session: Session, coming: Promise<Uint8Array>) => void {
  const last = new WeakMap<Session, Promise<void>>();
  return (session, coming) => {
    const before = last.get(session) ?? Promise.resolve();
    const sent = before.then(async () => {
      const bytes = await coming.catch(describeFailure);
      if (!isGone(session)) reply(session, bytes);
    });
    last.set(session, sent);
  };
}

const ownLimit = /^SET LOCAL statement_timeout = (\d{1,9})$/;
/** Longer than the statement above. */
const maxLimitBytes = 60;

/** The limit that a unit sets for its transaction; 0 when it sets none. */
function ownLimitMs(unit: Uint8Array): number {
  if (unit.length > maxLimitBytes) return 0;
  return Number(ownLimit.exec(Buffer.from(unit).toString('utf8', 5, unit.length - 1))?.[1] ?? 0);
}

function describeFailure(thrown: unknown): Uint8Array {
  const { sqlState, message } = thrown as { sqlState?: unknown; message?: unknown };
  const code = typeof sqlState === 'string' ? sqlState : '57P01';
  return errorFrame('FATAL', code, typeof message === 'string' ? message : 'the database has ended');
}
