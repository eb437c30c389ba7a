import type { Readable } from 'node:stream';
import type { Change, LiveEvent, Load, RequestRecord, Status } from '@kumiki/api';
import { createPendingRecords } from '@kumiki/policy';
import { createLiveReaders } from './live-readers.ts';

const pingMs = 5_000;
const loadMs = 1_000;
/**
 * Minimum time between two status events, and between two records of the same request. Each contains the full state, so
 * intermediate ones may be skipped.
 */
const statusMs = 500;
const requestsMs = 250;

export interface LiveSources {
  readonly status: () => Status;
  readonly load: () => Load;
  /** Returns what ends the subscription. */
  readonly onRequest: (listener: (record: RequestRecord) => void) => () => void;
  /** Returns what ends the subscription. */
  readonly onChange: (listener: (change: Change) => void) => () => void;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** One live stream of everything that an operator watches, the same for every reader. */
export interface LiveHub {
  /**
   * A stream of server-sent events that begins with the status and the load. Throws when there are too many readers.
   * @param mayRead called with every ping, since a key may be revoked while its stream is open.
   */
  join(mayRead: () => boolean): Readable;
  /** The status may have changed. */
  statusMoved(): void;
  /** Ends all streams cleanly. */
  end(): void;
}

export function createLiveHub(sources: LiveSources): LiveHub {
  const { status, load } = sources;
  let stop: (() => void) | null = null;
  let lastStatus = '';
  let statusTimer: NodeJS.Timeout | null = null;
  const readers = createLiveReaders(() => {
    stop?.();
    stop = null;
    if (statusTimer !== null) clearTimeout(statusTimer);
    statusTimer = null;
  });
  const tell = (event: LiveEvent): void => readers.send(frameOf(event));

  function sendStatus(): void {
    statusTimer = null;
    const frame = frameOf({ type: 'status', status: status() });
    if (frame !== lastStatus) readers.send(frame);
    lastStatus = frame;
  }

  return {
    join(mayRead) {
      const beginning = [frameOf({ type: 'status', status: status() }), frameOf({ type: 'load', load: load() })];
      const stream = readers.join(beginning, mayRead);
      stop ??= start(sources, tell, readers.check);
      return stream;
    },
    statusMoved() {
      if (stop !== null) statusTimer ??= setTimeout(sendStatus, statusMs);
    },
    end: readers.end,
  };
}

/** Starts the work that is only done while there are readers. Returns a function that stops it. */
function start(
  { load, onRequest, onChange, now }: LiveSources,
  tell: (event: LiveEvent) => void,
  check: () => void,
): () => void {
  const pending = createPendingRecords<RequestRecord>();
  const timers = [
    setInterval(() => {
      check();
      tell({ type: 'ping', at: now() });
    }, pingMs),
    setInterval(() => tell({ type: 'load', load: load() }), loadMs),
    setInterval(() => {
      for (const request of pending.take()) tell({ type: 'request', request });
    }, requestsMs),
  ];
  const leaveRequests = onRequest(pending.add);
  const leaveChanges = onChange((change) => tell({ type: 'change', change }));
  return () => {
    for (const timer of timers) clearInterval(timer);
    leaveRequests();
    leaveChanges();
    pending.clear();
  };
}

function frameOf(event: LiveEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
