import type { Change, LiveEvent, Load, RequestRecord, Status } from '@kumiki/api';

/** What is kept of each kind: a screen shows fewer. */
const liveLimits = { loads: 240, requests: 500, changes: 200 } as const;

const firstRetryMs = 500;
const longestRetryMs = 15_000;
/** A tab that becomes visible again within this time keeps its stream. */
const hiddenGraceMs = 20_000;

export interface LiveSnapshot {
  readonly state: 'connecting' | 'open' | 'lost';
  /** `Date.now()` of the last message. */
  readonly heardAt: number | null;
  readonly status: Status | null;
  readonly loads: readonly Load[];
  /** Newest first. */
  readonly requests: readonly RequestRecord[];
  /** Newest first. */
  readonly changes: readonly Change[];
}

export interface LiveStream {
  readonly subscribe: (listener: () => void) => () => void;
  readonly snapshot: () => LiveSnapshot;
}

const nothing: LiveSnapshot = {
  state: 'connecting',
  heardAt: null,
  status: null,
  loads: [],
  requests: [],
  changes: [],
};

/** The tab's one stream of live data. It opens with its first listener, closes with the last, and while the tab is hidden. */
export function createLiveStream(): LiveStream {
  let snapshot = nothing;
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let hide: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let frame = 0;
  const listeners = new Set<() => void>();

  /** Messages that arrive within one animation frame cause one render. */
  const tell = (): void => {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      for (const listener of listeners) listener();
    });
  };
  const set = (next: LiveSnapshot): void => {
    snapshot = next;
    tell();
  };
  const close = (): void => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };
  const open = (): void => {
    if (source !== null || listeners.size === 0) return;
    clearTimeout(retry);
    source = new EventSource('/v1/kumiki/live');
    source.addEventListener('open', () => {
      failures = 0;
      set({ ...snapshot, state: 'open', heardAt: Date.now() });
    });
    source.addEventListener('message', (event: MessageEvent<string>) => {
      set(take(snapshot, JSON.parse(event.data) as LiveEvent));
    });
    source.addEventListener('error', () => {
      close();
      set({ ...snapshot, state: 'lost' });
      const limit = Math.min(longestRetryMs, firstRetryMs * 2 ** failures++);
      retry = setTimeout(open, limit * (0.5 + Math.random() / 2));
    });
  };
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hide);
    if (document.visibilityState === 'visible') open();
    else hide = setTimeout(close, hiddenGraceMs);
  });

  return {
    subscribe(listener) {
      listeners.add(listener);
      open();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) close();
      };
    },
    snapshot: () => snapshot,
  };
}

function take(before: LiveSnapshot, message: LiveEvent): LiveSnapshot {
  const next = { ...before, state: 'open' as const, heardAt: Date.now() };
  switch (message.type) {
    case 'status':
      return { ...next, status: message.status };
    case 'load':
      return { ...next, loads: [...before.loads.slice(1 - liveLimits.loads), message.load] };
    case 'request':
      return { ...next, requests: upsert(before.requests, message.request) };
    case 'change':
      return { ...next, changes: [message.change, ...before.changes].slice(0, liveLimits.changes) };
    case 'ping':
      return next;
  }
}

/** Inserts or replaces a request's record; newest first. */
function upsert(requests: readonly RequestRecord[], one: RequestRecord): readonly RequestRecord[] {
  const at = requests.findIndex(({ id }) => id === one.id);
  if (at === -1) return [one, ...requests].slice(0, liveLimits.requests);
  return requests.with(at, one);
}
