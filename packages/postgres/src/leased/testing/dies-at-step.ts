import type { Database, Queryable } from '../../database.ts';

/** The world as seen by a process that is going to die. */
export interface DyingWorld {
  readonly database: Database;
  /** Resolves at the moment of death. */
  readonly dead: Promise<void>;
  /** Number of steps so far. */
  steps(): number;
  /**
   * Waits until the process is dead, or until the condition holds. The condition is evaluated only when no statement or
   * call of the process is under way and it has made a step since the last evaluation, which saves statements.
   * @returns whether the process died first.
   */
  diesBefore(condition: () => Promise<boolean>): Promise<boolean>;
  /** Dies now. */
  die(): void;
  /** The same object, where each call of these methods is two steps: its effect, and the arrival of its reply. */
  calls<Target extends object>(target: Target, methods: readonly (keyof Target)[]): Target;
}

/** Between two checks in memory whether a statement or call is under way. */
const lookMs = 1;
/** Work that has not ended by then counts as stuck. Most of it is for machines on which this process rarely runs. */
const patienceMs = 300_000;

type Call = (request: { readonly signal?: AbortSignal | undefined }, ...rest: unknown[]) => unknown;

/** How far a process is: the steps that it has made, what is under way, and whether it lives. */
interface Life {
  readonly death: Promise<void>;
  made(): number;
  isAlive(): boolean;
  isQuiet(): boolean;
  die(): void;
  /** Counts a step, before which the process dies when its time has come. */
  live(): void;
  /** What the process waits for. */
  outside<Value>(work: () => Promise<Value>): Promise<Value>;
}

function createLife(step: number): Life {
  const death = Promise.withResolvers<void>();
  let made = 0;
  let underWay = 0;
  let alive = true;
  const die = (): void => {
    alive = false;
    death.resolve();
  };
  return {
    death: death.promise,
    made: () => made,
    isAlive: () => alive,
    isQuiet: () => underWay === 0,
    die,
    live() {
      if (alive && made >= step) die();
      if (!alive) throw new Error('this process is dead');
      made++;
    },
    async outside(work) {
      underWay++;
      try {
        return await work();
      } finally {
        underWay--;
      }
    },
  };
}

/** See {@link DyingWorld.diesBefore}. */
async function diesBefore({ isAlive, isQuiet, made }: Life, condition: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + patienceMs;
  let looked = -1;
  for (let seen = made(); isAlive(); seen = made()) {
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    if (performance.now() > end) throw new Error(`after ${made()} steps the work has not ended`);
    if (made() !== seen || !isQuiet() || made() === looked) continue;
    looked = made();
    if (await condition()) return false;
  }
  return true;
}

/**
 * A process that dies before its n-th step. A step is a statement, a commit, the effect of a call to another service,
 * or the arrival of its reply. From then on the process has no effect: statements fail, and calls return only when
 * their signal is aborted. Its rows in the database stay as they were.
 *
 * It gets no notifications: these are hints, and work that needs one to continue would be lost with it.
 */
export function diesAtStep(real: Database, step: number): DyingWorld {
  const life = createLife(step);
  const { live, outside } = life;
  const dying = (queryable: Queryable): Queryable => ({
    async query(sql, parameters) {
      live();
      return outside(() => queryable.query(sql, parameters));
    },
  });
  const call = async (method: Call, request: Parameters<Call>[0], rest: unknown[]): Promise<unknown> => {
    try {
      live();
      const reply = await outside(async () => method(request, ...rest));
      live();
      return reply;
    } catch (error) {
      if (life.isAlive()) throw error;
      return untilAborted(request.signal);
    }
  };
  return {
    dead: life.death,
    steps: life.made,
    diesBefore: (condition) => diesBefore(life, condition),
    die: life.die,
    database: {
      ...real,
      ...dying(real),
      listen: async () => async () => {},
      transaction: (work, limitMs) =>
        outside(() =>
          real.transaction(async (transaction) => {
            const value = await work(dying(transaction));
            live();
            return value;
          }, limitMs),
        ),
    },
    calls(target, methods) {
      const wrapped = methods.map((name) => {
        const method = target[name] as Call;
        return [name, (request: Parameters<Call>[0], ...rest: unknown[]) => call(method, request, rest)];
      });
      return { ...target, ...Object.fromEntries(wrapped) };
    },
  };
}

/** A dead process gets no replies. */
function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(new Error('this process is dead'));
    if (signal === undefined || signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
