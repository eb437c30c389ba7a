import { errorMessage, toKumikiError } from '@kumiki/api';
import { judgePoison } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import { clearChunks, endStoreFile } from '../chunks/remove-chunks.ts';
import { createBell } from './bell.ts';
import { createClaimDesk } from './claim-desk.ts';
import { decideRetry } from './decide.ts';
import { type Failed, ingestFile, type IngestDeps, type IngestOutcome } from './ingest-file.ts';
import { persist } from './persist.ts';
import { type Claim, claimNext, giveBack, hold, ingestChannel, postpone, renew } from './queue.ts';

export interface IngestOptions extends IngestDeps {
  readonly log: Log;
  /** Files that this replica works on at once. */
  readonly concurrency: number;
  /** How long a file stays with a replica that gives no sign of life. */
  readonly leaseMs: number;
  /** How often the queue is looked at when nobody has said that there is something. */
  readonly pollMs: number;
  readonly onOutcome: (outcome: 'completed' | 'failed' | 'postponed' | 'lost') => void;
}

export interface Ingest {
  /** Takes nothing new, gives back what it holds, and resolves when it holds nothing. */
  stop(): Promise<void>;
}

/** Works off the ingest queue, for as long as it is not stopped. */
export function startIngest(options: IngestOptions): Ingest {
  const stopping = new AbortController();
  const bell = createBell();
  const unlisten = options.database.listen(ingestChannel, bell.ring).catch(() => async () => {});

  const desk = createClaimDesk((suspects) => claimNext(options.database, { leaseMs: options.leaseMs, suspects }));

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      const rung = bell.next();
      const claim = await desk.take().catch((error: unknown) => {
        options.log.warn({ err: error }, 'the ingest queue cannot be read');
        return null;
      });
      if (claim === null) {
        await rung(options.pollMs, stopping.signal);
        continue;
      }
      await workOn(options, claim, stopping.signal);
      desk.done(claim);
    }
  }

  const workers = Array.from({ length: options.concurrency }, work);
  return {
    async stop() {
      stopping.abort();
      await Promise.all(workers);
      await (
        await unlisten
      )();
    },
  };
}

/** One claimed file to its end, whatever that is. Never rejects. */
async function workOn(options: IngestOptions, claim: Claim, stopping: AbortSignal): Promise<void> {
  const { database, log } = options;
  const lost = new AbortController();
  const heartbeat = setInterval(() => {
    renew(database, claim, options.leaseMs).then(
      (held) => (held ? undefined : lost.abort()),
      // The database is away: the lease may run out, and the fence keeps us from writing then.
      () => {},
    );
  }, options.leaseMs / 3);
  try {
    await settle(options, claim, await outcomeOf(options, claim, AbortSignal.any([stopping, lost.signal])));
  } catch (error) {
    // A database that is away makes no file a suspect: what became of it is told when it is back.
    await persist(
      () => afterFailure(options, claim, error, stopping.aborted, lost.signal.aborted),
      AbortSignal.any([stopping, lost.signal]),
    ).catch((error: unknown) => {
      log.warn({ err: error, storeFile: claim.number }, 'a file waits for its lease to run out');
    });
  } finally {
    clearInterval(heartbeat);
  }
}

/** What has cost so many processes already is not tried again. */
async function outcomeOf(options: IngestOptions, claim: Claim, signal: AbortSignal): Promise<IngestOutcome> {
  const verdict = judgePoison({ lost: claim.lost, shared: 0 });
  if (verdict.kind !== 'refuse') return ingestFile(options, claim, signal);
  const message = errorMessage('poisonous_request', {
    what: `The file '${claim.filename}'`,
    claims: verdict.claims,
    size: `${claim.bytes} bytes`,
  });
  options.log.warn({ storeFile: claim.number, claims: verdict.claims }, 'a file is refused as poisonous');
  return { kind: 'failed', code: 'invalid_file', message, poison: { claims: verdict.claims } };
}

async function settle(options: IngestOptions, claim: Claim, outcome: IngestOutcome): Promise<void> {
  if (outcome.kind === 'failed') await fail(options, claim, outcome);
  options.onOutcome(outcome.kind);
}

async function afterFailure(
  options: IngestOptions,
  claim: Claim,
  thrown: unknown,
  stopping: boolean,
  lost: boolean,
): Promise<void> {
  if (stopping) return giveBack(options.database, claim);
  if (lost) return options.onOutcome('lost');
  const error = toKumikiError(thrown);
  if (error.code === 'internal_error') options.log.error({ err: thrown, storeFile: claim.number }, 'ingest failed');
  const retry = decideRetry(error, claim.attempts);
  if (retry.kind === 'give_up') {
    await fail(options, claim, { kind: 'failed', code: 'server_error', message: retry.message });
    return options.onOutcome('failed');
  }
  await postpone(options.database, claim, retry.delayMs, error.message);
  options.onOutcome('postponed');
}

async function fail(options: IngestOptions, claim: Claim, { code, message, poison }: Failed): Promise<void> {
  const held = await options.database.transaction(async (transaction) => {
    if (!(await hold(transaction, claim))) return false;
    await transaction.query(
      'UPDATE search.store_files SET error_code = $2, error_message = $3, failure = $4 WHERE number = $1',
      [claim.number, code, message, poison === undefined ? null : 'poisonous_request'],
    );
    // The other stores that hold it need not try it.
    if (poison !== undefined) {
      await transaction.query('UPDATE search.files SET poisonous_claims = $2 WHERE id = $1', [
        claim.fileId,
        poison.claims,
      ]);
    }
    await endStoreFile(transaction, claim.number, 'failed');
    return true;
  });
  if (held) await clearChunks(options.database, claim.number);
}
