/** The parts of a chat chunk that tests check. */
interface Chunk {
  readonly id?: string;
  readonly created?: number;
  readonly model?: string;
  readonly choices?: readonly {
    readonly index: number;
    readonly delta: { readonly role?: string; readonly content?: string | null };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Everything that a client can observe of one stream. */
export interface StreamRecord {
  status: number;
  text: string;
  finishReason: string | null;
  completionTokens: number | null;
  /** Distinct `id created model` triples; one in a good stream. */
  identities: string[];
  roleDeltas: number;
  events: number;
  done: boolean;
  /** Anything after `[DONE]`, an in-stream error, a broken connection, or a frame that is not JSON. */
  fault: string | null;
  firstEventMs: number;
  /** The longest wait between two events, without the wait for the first. */
  longestGapMs: number;
}

export interface StreamReader {
  read(text: string): void;
  fail(fault: string): void;
  /** The record once the reply has ended. */
  end(status: number): StreamRecord;
}

/** Reads one event stream as it arrives and records everything. */
export function createStreamReader(): StreamReader {
  const startedAt = performance.now();
  const record = emptyRecord();
  let lastEventAt = startedAt;
  let pending = '';
  let beginning = '';

  function time(): void {
    const now = performance.now();
    if (record.events === 0) record.firstEventMs = now - startedAt;
    else record.longestGapMs = Math.max(record.longestGapMs, now - lastEventAt);
    lastEventAt = now;
    record.events += 1;
  }

  return {
    read(text) {
      if (record.events === 0) beginning += text;
      pending += text;
      const frames = pending.split('\n\n');
      pending = frames.pop() ?? '';
      for (const line of frames.flatMap((frame) => frame.split('\n'))) {
        if (line.startsWith(': tokens')) fail(record, 'the token ids of a worker reached the client');
        if (!line.startsWith('data: ')) continue;
        time();
        readData(record, line.slice('data: '.length));
      }
    },
    fail: (fault) => fail(record, fault),
    end(status) {
      record.status = status;
      if (status !== 200) fail(record, `status ${status}: ${beginning.slice(0, 500)}`);
      else if (!record.done) fail(record, 'the stream ended without [DONE]');
      else if (pending !== '') fail(record, `half a frame at the end: ${pending}`);
      return record;
    },
  };
}

function emptyRecord(): StreamRecord {
  return {
    status: 0,
    text: '',
    finishReason: null,
    completionTokens: null,
    identities: [],
    roleDeltas: 0,
    events: 0,
    done: false,
    fault: null,
    firstEventMs: Number.NaN,
    longestGapMs: 0,
  };
}

/** Keeps the first fault, since others follow from it. */
function fail(record: StreamRecord, fault: string): void {
  record.fault ??= fault;
}

function readData(record: StreamRecord, data: string): void {
  if (record.done) return fail(record, `after [DONE]: ${data}`);
  if (data === '[DONE]') {
    record.done = true;
    return;
  }
  try {
    readChunk(record, JSON.parse(data) as Chunk);
  } catch {
    fail(record, `no JSON: ${data.slice(0, 200)}`);
  }
}

function readChunk(record: StreamRecord, chunk: Chunk): void {
  if (chunk.error !== undefined) return fail(record, `${chunk.error.code}: ${chunk.error.message}`);
  const identity = `${chunk.id} ${chunk.created} ${chunk.model}`;
  if (!record.identities.includes(identity)) record.identities.push(identity);
  for (const choice of chunk.choices ?? []) {
    if (record.finishReason !== null) fail(record, 'a choice after its finish reason');
    if (choice.delta.role !== undefined) record.roleDeltas += 1;
    record.text += choice.delta.content ?? '';
    record.finishReason ??= choice.finish_reason;
  }
  if (chunk.usage) {
    if (record.completionTokens !== null) fail(record, 'a second usage');
    record.completionTokens = chunk.usage.completion_tokens;
  }
}
