import { errorFrame, queryFrame, readyFrame, type SessionState } from './frames.ts';

/** Units of all clients that wait for the one connection; the next is refused. */
const maxWaiting = 1_000;
/** One that waits longer is refused. */
const maxWaitMs = 30_000;
/** No statement of ours takes longer, save where its transaction says so. It keeps everybody else waiting. */
const statementLimitMs = 60_000;
/** A transaction whose client asks nothing for this time, while others wait, is given up: that client may have stalled. */
export const maxIdleInTransactionMs = 1_000;

export interface TurnsOptions<Session> {
  /** Resolves when the connection is free for the next unit; the reply may come later, when it is on the disk. */
  ask(
    bytes: Uint8Array,
    limitMs: number,
  ): Promise<{ readonly state: SessionState; readonly reply: Promise<Uint8Array> }>;
  reply(session: Session, bytes: Uint8Array): void;
  /** Ends a client with the reason, and then forgets it here. */
  drop(session: Session, sqlState: string, reason: string): void;
}

/** One connection in turns: first come, first served, and a transaction as a whole. */
export interface Turns<Session> {
  add(session: Session, unit: Uint8Array): void;
  /** The client is gone: nothing more is done for it, and its transaction is rolled back. */
  forget(session: Session): void;
  /** Resolves when nothing is being done. */
  idle(): Promise<void>;
}

interface Waiting<Session> {
  readonly session: Session;
  readonly unit: Uint8Array;
  readonly timer: NodeJS.Timeout;
}

export function createTurns<Session extends object>(options: TurnsOptions<Session>): Turns<Session> {
  let waiting: Waiting<Session>[] = [];
  /** In whose transaction the connection is. */
  let holder: Session | null = null;
  let holderLimitMs = statementLimitMs;
  let isRunning = false;
  let idleTimer: NodeJS.Timeout | undefined;
  let idleListeners: (() => void)[] = [];
  const gone = new WeakSet<Session>();
  /** Replies go out in the order of what was asked. */
  const replies = new WeakMap<Session, Promise<void>>();

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

  function send(session: Session, reply: Promise<Uint8Array>): void {
    const before = replies.get(session) ?? Promise.resolve();
    const sent = before.then(async () => {
      const bytes = await reply.catch(describeFailure);
      if (!gone.has(session)) options.reply(session, bytes);
    });
    replies.set(session, sent);
  }

  function next(): void {
    clearTimeout(idleTimer);
    if (isRunning) return;
    if (holder !== null && gone.has(holder)) return void run(null, queryFrame('ROLLBACK'));
    const index = holder === null ? 0 : waiting.findIndex(({ session }) => session === holder);
    const [taken] = index < 0 ? [] : waiting.splice(index, 1);
    if (taken !== undefined) {
      clearTimeout(taken.timer);
      return void run(taken.session, taken.unit);
    }
    if (holder !== null && waiting.length > 0) watchHolder(holder);
    for (const listener of idleListeners.splice(0)) listener();
  }

  function watchHolder(stalled: Session): void {
    idleTimer = setTimeout(
      () => options.drop(stalled, '25P03', 'its transaction kept others waiting and asked nothing'),
      maxIdleInTransactionMs,
    );
  }

  function refuse(session: Session): void {
    const busy = Buffer.concat([errorFrame('ERROR', '53300', 'the database is busy'), readyFrame('I')]);
    send(session, Promise.resolve(busy));
  }

  return {
    add(session, unit) {
      if (gone.has(session)) return;
      if (waiting.length >= maxWaiting) return refuse(session);
      const timer = setTimeout(() => {
        waiting = waiting.filter((one) => one.timer !== timer);
        refuse(session);
      }, maxWaitMs);
      waiting.push({ session, unit, timer });
      next();
    },
    forget(session) {
      if (gone.has(session)) return;
      gone.add(session);
      for (const one of waiting) if (one.session === session) clearTimeout(one.timer);
      waiting = waiting.filter((one) => one.session !== session);
      if (holder === session) next();
    },
    idle: () =>
      new Promise((resolve) => {
        idleListeners.push(resolve);
        next();
      }),
  };
}

const ownLimit = /^SET LOCAL statement_timeout = (\d{1,9})$/;
/** The statement above has less. */
const maxLimitBytes = 60;

/** How long the statements of a transaction may take, where this one sets it. */
function ownLimitMs(unit: Uint8Array): number {
  if (unit.length > maxLimitBytes) return 0;
  return Number(ownLimit.exec(Buffer.from(unit).toString('utf8', 5, unit.length - 1))?.[1] ?? 0);
}

function describeFailure(thrown: unknown): Uint8Array {
  const { sqlState, message } = thrown as { sqlState?: unknown; message?: unknown };
  const code = typeof sqlState === 'string' ? sqlState : '57P01';
  return errorFrame('FATAL', code, typeof message === 'string' ? message : 'the database has ended');
}
