import type { KubeClient } from '../client/kube-client.ts';
import type { KubeFailure } from '../client/kube-result.ts';
import type { KubeObject, ObjectKey } from '../objects/kube-object.ts';
import { microTime } from '../objects/micro-time.ts';
import { resources } from '../objects/resource-ref.ts';
import { type EventRoom, createEventRoom } from './event-room.ts';

/** Of a note in events.k8s.io/v1, in UTF-8. */
const maxNoteBytes = 1_024;
/** Events that wait to be written; what comes then is dropped and counted. */
const maxWaiting = 256;
/** Series in memory; the one that was seen least recently goes first. */
const maxSeries = 4_096;
/** The same event within this time is one series; after it, a new Event. As in client-go. */
const seriesMs = 360_000;
/** How often the count of a series is written. */
const defaultSeriesWriteMs = 30_000;

/** The object that an event is about. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Empty for an object without a namespace: its events are in `default`. */
  readonly namespace: string;
  readonly uid: string;
}

export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  /** Why, in CamelCase: `NoRoom`. */
  readonly reason: string;
  /** What was done or tried, in CamelCase: `Scaling`. */
  readonly action: string;
  /** For people. */
  readonly note: string;
}

export interface EventRecorderOptions {
  readonly client: KubeClient;
  /** `kumiki.dev/operator`. */
  readonly controller: string;
  /** This process: the name of its pod. */
  readonly instance: string;
  readonly onTrouble?: (failure: KubeFailure) => void;
  readonly seriesWriteMs?: number;
  readonly wallMs?: () => number;
}

/** Writes Events of events.k8s.io/v1. What is said again becomes a series of one Event with a count. */
export interface EventRecorder {
  /** Returns at once. An event that cannot be written is dropped: events are for people, and nothing depends on them. */
  record(subject: EventSubject, event: EventNote): void;
  /** Events that were not written, since there was no room for them or the server refused. */
  dropped(): number;
  /** Writes what waits, counts of series included, and resolves then. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

interface Series {
  readonly key: ObjectKey;
  readonly body: KubeObject;
  count: number;
  written: number;
  seenAt: number;
}

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, onTrouble, wallMs = Date.now } = options;
  const series = new Map<string, Series>();
  const waiting = new Set<Series>();
  const room: EventRoom = createEventRoom(wallMs);
  let dropped = 0;
  let writing: Promise<void> = Promise.resolve();

  const write = async (one: Series): Promise<void> => {
    const { count } = one;
    const told = { count, lastObservedTime: microTime(one.seenAt) };
    const patched = one.written > 0 ? await client.merge(resources.events, one.key, { series: told }) : null;
    // An Event lives for an hour; one that ended meanwhile begins again.
    const begins = patched === null || patched.outcome === 'not_found';
    const result = begins ? await client.create(resources.events, one.body) : patched;
    // A new Event has no series: it counts once, until the count is written.
    if (result.outcome === 'ok' || result.outcome === 'exists') one.written = begins ? 1 : count;
    else {
      dropped += 1;
      onTrouble?.(result);
    }
  };
  const drain = (): Promise<void> => {
    writing = writing.then(async () => {
      for (const one of waiting) {
        waiting.delete(one);
        await write(one);
      }
    });
    return writing;
  };
  const writeCounts = async (): Promise<void> => {
    await drain();
    for (const one of series.values()) if (one.written > 0 && one.count > one.written) waiting.add(one);
    await drain();
  };
  const timer = setInterval(() => void writeCounts(), options.seriesWriteMs ?? defaultSeriesWriteMs);
  timer.unref();
  return {
    record(subject, event) {
      const name = JSON.stringify([subject.uid, subject.name, event.type, event.reason, event.action, event.note]);
      const known = series.get(name);
      const now = wallMs();
      series.delete(name);
      if (known !== undefined && now - known.seenAt < seriesMs) {
        known.count += 1;
        known.seenAt = now;
        series.set(name, known);
        return;
      }
      if (waiting.size >= maxWaiting || !room.take(subject.uid)) {
        dropped += 1;
        return;
      }
      const one = { ...describe(options, subject, event, now), count: 1, written: 0, seenAt: now };
      series.set(name, one);
      if (series.size > maxSeries) for (const [oldest] of series) if (series.size > maxSeries) series.delete(oldest);
      waiting.add(one);
      void drain();
    },
    dropped: () => dropped,
    flush: writeCounts,
    async stop() {
      clearInterval(timer);
      await writeCounts();
    },
  };
}

let made = 0;

/** Characters of the subject's name in that of its event, which may have 253 in all. */
const maxNameCharacters = 230;

/** A part of a name may not end with these. */
function withoutPunctuation(name: string): string {
  let end = name.length;
  while (end > 0 && '-.'.includes(name.charAt(end - 1))) end--;
  return name.slice(0, end);
}

function describe(
  { controller, instance }: EventRecorderOptions,
  { apiVersion, kind, name, namespace, uid }: EventSubject,
  { type, reason, action, note }: EventNote,
  now: number,
): Pick<Series, 'key' | 'body'> {
  made += 1;
  const suffix = `${now.toString(16)}${(made % 4_096).toString(16).padStart(3, '0')}`;
  const key = {
    name: `${withoutPunctuation(name.slice(0, maxNameCharacters))}.${suffix}`,
    namespace: namespace === '' ? 'default' : namespace,
  };
  const body = {
    apiVersion: resources.events.apiVersion,
    kind: resources.events.kind,
    metadata: key,
    eventTime: microTime(now),
    reportingController: controller,
    reportingInstance: instance.slice(0, 128),
    action: action.slice(0, 128),
    reason: reason.slice(0, 128),
    type,
    note: shorten(note),
    regarding: { apiVersion, kind, name, namespace, uid },
  };
  return { key, body };
}

/** A note within its limit, cut between two characters. */
function shorten(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= maxNoteBytes) return note;
  const end = '…';
  const kept = bytes.subarray(0, maxNoteBytes - Buffer.byteLength(end)).toString('utf8');
  return (kept.endsWith('\uFFFD') ? kept.slice(0, -1) : kept) + end;
}
