import { KumikiError } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import type { Prompting } from '../engine/prompting.ts';
import { draftRequest } from './draft-request.ts';
import type { DraftKind, Drafts } from './drafts.ts';
import { type PreparationLimits, preparationMs } from './preparation-limits.ts';
import type { PreparationData } from './preparation-thread.ts';
import { type PreparationEnd, startPreparationThread } from './start-thread.ts';
import { createThreadPool } from './thread-pool.ts';
import { tooComplex } from './too-complex.ts';

/** Turns the bodies of requests into drafts. */
export interface Preparer {
  /**
   * Small bodies are prepared at once; larger ones by a thread, which a deadline ends. Throws KumikiError: what is
   * wrong with the request, `too_complex`, or `overloaded` when too many bytes wait. Rejects with the signal's reason
   * when it aborts.
   */
  prepare<Kind extends DraftKind>(kind: Kind, body: Buffer, signal: AbortSignal): Promise<Drafts[Kind]>;
  close(): Promise<void>;
}

export interface PreparerOptions {
  readonly data: PreparationData;
  /** For bodies that are prepared on the serving thread. */
  readonly prompting: Prompting;
  readonly limits: PreparationLimits;
  readonly log: Pick<Log, 'warn'>;
}

export function createPreparer({ data, prompting, limits, log }: PreparerOptions): Preparer {
  const { threads, idleMs, heapMebibytes } = limits;
  const pool = createThreadPool({ threads, idleMs, start: () => startPreparationThread(data, heapMebibytes) });
  let heldBytes = 0;

  async function inThread(kind: DraftKind, body: Buffer, signal: AbortSignal): Promise<Drafts[DraftKind]> {
    const bytes = body.length;
    const limitMs = preparationMs(bytes, limits);
    // If the client leaves, the thread keeps working: that costs less than a new thread, and the deadline bounds it.
    const end = await pool.use(signal, (thread) => thread.run({ kind, body: ownMemory(body) }, limitMs));
    if (end.kind === 'draft') return end.draft;
    if (end.kind === 'time' || end.kind === 'death') {
      log.warn({ ...end, request: kind, bytes, limitMs }, 'a request took too much to prepare');
    }
    throw refusalOf(end, { bytes, limitMs, heapMebibytes });
  }

  return {
    async prepare<Kind extends DraftKind>(kind: Kind, body: Buffer, signal: AbortSignal): Promise<Drafts[Kind]> {
      if (body.length <= limits.inlineBytes) return draftRequest(kind, body, data.facts, prompting, () => {});
      const bytes = body.length;
      if (heldBytes + bytes > limits.heldBytes) throw tooMuchWaits(limits.heldBytes);
      heldBytes += bytes;
      try {
        return (await inThread(kind, body, signal)) as Drafts[Kind];
      } finally {
        heldBytes -= bytes;
      }
    },
    close: () => pool.close(),
  };
}

function refusalOf(
  end: Exclude<PreparationEnd, { kind: 'draft' }>,
  limits: { readonly bytes: number; readonly limitMs: number; readonly heapMebibytes: number },
): KumikiError {
  switch (end.kind) {
    case 'refused': {
      const refusal = new KumikiError(end.code, {}, { param: end.param });
      refusal.message = end.message;
      return refusal;
    }
    case 'failed':
      return new KumikiError('internal_error', {}, { cause: new Error(end.reason) });
    case 'time':
      return tooComplex(end.phase, `${limits.limitMs / 1_000} s`, limits.bytes, end.kind);
    case 'death':
      return tooComplex(end.phase, `${limits.heapMebibytes} MiB of memory`, limits.bytes, end.reason);
  }
}

const retryAfterMs = 2_000;

function tooMuchWaits(limitBytes: number): KumikiError {
  const what = 'The memory for requests that are being prepared';
  return new KumikiError('overloaded', { what, limit: `${limitBytes} bytes`, retryAfter: '2s' }, { retryAfterMs });
}

/** The bytes in unshared memory, so that it can be transferred to another thread. */
function ownMemory(body: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer } = body;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === body.length) return new Uint8Array(buffer);
  return new Uint8Array(body);
}
