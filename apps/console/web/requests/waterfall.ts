import type { RequestAttempt, RequestRecord } from '@kumiki/api';

/**
 * What a moment of a request was spent with. `gateway`: keys, limits, choosing a replica. `service`: a service's own work.
 * `others`: a service waits for what it asked. `queue`, `prefill`, `decode`: as the worker measured. `wait`, `answer`:
 * before and after the first byte, where no worker told. `network`: what is left of an attempt.
 */
export type SegmentKind =
  | 'gateway'
  | 'service'
  | 'others'
  | 'queue'
  | 'prefill'
  | 'decode'
  | 'wait'
  | 'answer'
  | 'network';

/** Milliseconds since the trace began. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly from: number;
  readonly to: number;
}

export type AttemptRole = 'first' | 'retry' | 'continuation';

export interface Step {
  readonly key: string;
  readonly depth: number;
  readonly record: RequestRecord;
  /** null: the request itself. */
  readonly attempt: { readonly at: number; readonly role: AttemptRole; readonly facts: RequestAttempt } | null;
  readonly from: number;
  readonly to: number;
  readonly open: boolean;
  readonly failed: boolean;
  /** Without gaps or overlaps, ascending. */
  readonly segments: readonly Segment[];
}

export interface Waterfall {
  readonly steps: readonly Step[];
  /** At least a little, so that shares can be taken. */
  readonly totalMs: number;
}

const leastTotalMs = 0.1;

/** The steps of a trace in the order of a tree. `now` is Unix milliseconds, for what is still open. */
export function layOutTrace(trace: readonly RequestRecord[], now: number): Waterfall {
  const start = Math.min(...trace.map(({ started_at }) => started_at));
  const sorted = trace.toSorted((a, b) => a.started_at - b.started_at);
  const spans = new Set(sorted.map(({ span_id }) => span_id));
  const isRoot = ({ parent_span_id: parent, span_id }: RequestRecord): boolean =>
    parent === null || parent === span_id || !spans.has(parent);
  const steps: Step[] = [];
  const seen = new Set<RequestRecord>();
  const add = (record: RequestRecord, depth: number): void => {
    // Clients choose the ids of a trace, so a cycle in it must not cause an endless loop.
    if (seen.has(record)) return;
    seen.add(record);
    const children = sorted.filter((one) => one.parent_span_id === record.span_id && one !== record);
    steps.push(...stepsOf(record, children, depth, start, now));
    for (const child of children) add(child, depth + 1);
  };
  for (const record of sorted) if (isRoot(record)) add(record, 0);
  for (const record of sorted) add(record, 0);
  return { steps, totalMs: Math.max(leastTotalMs, ...steps.map(({ to }) => to)) };
}

function stepsOf(
  record: RequestRecord,
  children: readonly RequestRecord[],
  depth: number,
  start: number,
  now: number,
): Step[] {
  const from = record.started_at - start;
  const to = Math.max(from, (record.ended_at ?? now) - start);
  const attempts = record.attempts.map((facts, at): Step => {
    const begun = Math.min(to, Math.max(from, facts.started_at - start));
    const ended = Math.min(to, Math.max(begun, (facts.ended_at ?? record.ended_at ?? now) - start));
    return {
      key: `${record.id}/${at}`,
      depth: depth + 1,
      record,
      attempt: { at, role: roleOf(record, at), facts },
      from: begun,
      to: ended,
      open: facts.outcome === 'open',
      failed: facts.outcome === 'failed',
      segments: record.kind === 'model' ? attemptSegments(facts, begun, ended, start) : [],
    };
  });
  const inner =
    record.kind === 'model'
      ? attempts.flatMap(({ segments }) => segments)
      : merge(children.map((child) => [child.started_at - start, (child.ended_at ?? now) - start] as const)).map(
          ([begin, end]): Segment => ({ kind: 'others', from: begin, to: end }),
        );
  const segments = fill(inner, from, to, record.kind === 'model' ? 'gateway' : 'service');
  const own: Step = {
    key: record.id,
    depth,
    record,
    attempt: null,
    from,
    to,
    open: record.outcome === 'open',
    failed: record.outcome === 'failed',
    segments,
  };
  return record.kind === 'model' && attempts.length > 1 ? [own, ...attempts] : [own];
}

/** An attempt after one that had given a part of the answer continues it. */
function roleOf({ attempts, continuations }: RequestRecord, at: number): AttemptRole {
  const before = attempts[at - 1];
  if (before === undefined) return 'first';
  return continuations > 0 && before.first_byte_at !== null ? 'continuation' : 'retry';
}

function attemptSegments(attempt: RequestAttempt, from: number, to: number, start: number): Segment[] {
  const { queue_ms, prefill_ms, decode_ms, first_byte_at } = attempt;
  if (queue_ms === null && prefill_ms === null && decode_ms === null) {
    const first = first_byte_at === null ? to : Math.min(to, Math.max(from, first_byte_at - start));
    return fill([{ kind: 'wait', from, to: first }], from, to, 'answer');
  }
  let at = from;
  const measured: Segment[] = [];
  for (const [kind, ms] of [
    ['queue', queue_ms],
    ['prefill', prefill_ms],
    ['decode', decode_ms],
  ] as const) {
    const end = Math.min(to, at + (ms ?? 0));
    measured.push({ kind, from: at, to: end });
    at = end;
  }
  return fill(measured, from, to, 'network');
}

/** Segments within bounds, with what lies between them. Those that last no time are left out. */
function fill(segments: readonly Segment[], from: number, to: number, between: SegmentKind): Segment[] {
  const filled: Segment[] = [];
  let at = from;
  for (const segment of segments.toSorted((a, b) => a.from - b.from)) {
    const begin = Math.min(to, Math.max(at, segment.from));
    const end = Math.min(to, segment.to);
    if (begin > at) filled.push({ kind: between, from: at, to: begin });
    if (end > begin) filled.push({ ...segment, from: begin, to: end });
    at = Math.max(at, begin, end);
  }
  if (to > at) filled.push({ kind: between, from: at, to });
  return filled;
}

/** Spans that touch or overlap, as one. */
function merge(spans: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const merged: [number, number][] = [];
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}
