import { KumikiError, routeTableSchema } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import { type AccountsPart, type AccountsState, followAccounts } from '@kumiki/service/accounts-stream';
import { watchSnapshot } from '@kumiki/service/snapshot';
import { openKeptAccounts } from './snapshot/kept-accounts.ts';
import type { SnapshotHealth, SnapshotName } from './snapshot/snapshot-health.ts';
import type { Gateway } from './start-gateway.ts';
import type { Snapshots } from './watch-snapshots.ts';

/** A gateway that has nothing to start with waits no longer for accounts; then its process ends, to be started again. */
const firstWaitMs = 60_000;
/** Least time between two replacements: each goes through all keys. */
const replaceEveryMs = 50;

/** How accounts are reached. */
export interface AccountsSource {
  /** Origin of the listener at which they tell. */
  readonly url: string;
  /** What this gateway proves itself with. */
  readonly token: () => string;
  /** Where it keeps the last state. */
  readonly keptFile: string;
}

const parts: readonly AccountsPart[] = ['keys', 'sessions', 'projectLimits'];
const names: Readonly<Record<AccountsPart, SnapshotName>> = {
  keys: 'keys',
  sessions: 'sessions',
  projectLimits: 'project_limits',
};

/**
 * The snapshots of a gateway that follows accounts; its routes come from a file. It starts with the state that an earlier
 * process kept. Without one it waits for accounts, since it never starts without keys. Throws KumikiError
 * `service_unavailable` when they do not answer in time.
 */
export async function followSnapshots(
  { routes: path, accounts }: { readonly routes: string; readonly accounts: AccountsSource },
  health: SnapshotHealth,
  log: Log,
): Promise<Snapshots> {
  const onRead = (ok: boolean): void => (ok ? health.read('routes') : health.failed('routes'));
  const routes = watchSnapshot({ path, schema: routeTableSchema, log, onRead });
  const followed = follow(accounts, health, log);
  try {
    const state = await followed.first;
    return {
      initial: {
        routes: routes.current(),
        keys: [...state.keys.values()],
        sessions: [...state.sessions.values()],
        projectLimits: [...state.projectLimits.values()],
        readNewer: routes.checkNow,
      },
      tell(gateway) {
        routes.listen(gateway.replaceRoutes);
        followed.tell(gateway);
      },
      close() {
        routes.close();
        followed.close();
      },
    };
  } catch (error) {
    routes.close();
    followed.close();
    throw error;
  }
}

interface Followed {
  /** What the gateway starts with. */
  readonly first: Promise<AccountsState>;
  tell(gateway: Gateway): void;
  close(): void;
}

function follow({ url, token, keptFile }: AccountsSource, health: SnapshotHealth, log: Log): Followed {
  const kept = openKeptAccounts(keptFile, log);
  const first = Promise.withResolvers<AccountsState>();
  const replacing = createReplacing();
  let isTold = false;
  const before = kept.read();
  if (before !== null) {
    first.resolve(before);
    // Its true age is unknown, so it is counted from now on.
    for (const part of parts) health.read(names[part]);
  }
  let held: AccountsState | null = before;
  const stop = followAccounts({
    url,
    token,
    whole(state, number) {
      held = state;
      isTold = false;
      log.info({ number, keys: state.keys.size }, 'accounts are followed');
      first.resolve(state);
      kept.write(state);
      replacing.replace(state, parts);
    },
    changed(touched) {
      if (held === null) return;
      kept.write(held);
      replacing.replace(held, [...touched]);
    },
    current(ageMs) {
      for (const part of parts) health.read(names[part], ageMs);
    },
    trouble(error, unreadable) {
      if (unreadable) for (const part of parts) health.failed(names[part]);
      if (!isTold) log.warn({ err: error }, 'accounts cannot be followed: what they told last stays in force');
      isTold = true;
    },
  });
  const wait = setTimeout(() => {
    const reason = `Accounts at ${url} have told nothing, and nothing is kept of before`;
    first.reject(new KumikiError('service_unavailable', { reason }));
  }, firstWaitMs);
  void first.promise.then(
    () => clearTimeout(wait),
    () => {},
  );
  return {
    first: first.promise,
    tell: replacing.tell,
    close() {
      clearTimeout(wait);
      stop();
      replacing.close();
    },
  };
}

/** Replaces a gateway's snapshots at once, and once more for all that comes soon after. */
function createReplacing() {
  let gateway: Gateway | null = null;
  let state: AccountsState | null = null;
  const waiting = new Set<AccountsPart>();
  let timer: NodeJS.Timeout | null = null;

  function flush(): void {
    timer = null;
    if (gateway === null || state === null || waiting.size === 0) return;
    if (waiting.has('keys')) gateway.replaceKeys([...state.keys.values()]);
    if (waiting.has('sessions')) gateway.replaceSessions([...state.sessions.values()]);
    if (waiting.has('projectLimits')) gateway.replaceProjectLimits([...state.projectLimits.values()]);
    waiting.clear();
    timer = setTimeout(flush, replaceEveryMs);
    timer.unref();
  }

  return {
    replace(next: AccountsState, touched: readonly AccountsPart[]): void {
      state = next;
      for (const part of touched) waiting.add(part);
      if (timer === null) flush();
    },
    /** Applies at once what has come since the start. */
    tell(one: Gateway): void {
      gateway = one;
      flush();
    },
    close(): void {
      if (timer !== null) clearTimeout(timer);
      gateway = null;
    },
  };
}
