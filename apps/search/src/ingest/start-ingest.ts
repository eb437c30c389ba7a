import { errorMessage, toKumikiError } from '@kumiki/api';
import { createKeeper, type Keeper, startWorkerLoop } from '@kumiki/postgres/leased';
import type { Log } from '@kumiki/service';
import { clearChunks, endStoreFile } from '../chunks/remove-chunks.ts';
import { decideRetry } from './decide.ts';
import { type Failed, ingestFile, type IngestDeps, type IngestOutcome } from './ingest-file.ts';
import { persist } from './persist.ts';
import { type Claim, type ClaimedFile, giveBack, ingestChannel, ingestLeases, postpone } from './queue.ts';

export interface IngestOptions extends IngestDeps {
  readonly log: Log;
  /** Name of this process, for its leases. */
  readonly owner: string;
  /** Most concurrent files of this replica. */
  readonly concurrency: number;
  /** Length of a lease. */
  readonly leaseMs: number;
  /** Polling interval of the queue, beside notifications. */
  readonly pollMs: number;
  readonly onOutcome: (outcome: 'completed' | 'failed' | 'postponed' | 'lost') => void;
}

export interface Ingest {
  /** Stops claiming, releases its files, and resolves when it holds none. */
  stop(): Promise<void>;
}

/** Processes the ingest queue until it is stopped. */
export function startIngest(options: IngestOptions): Ingest {
  const { database, log, leaseMs, owner } = options;
  const stopping = new AbortController();
  const inWork = new Map<number, Promise<void>>();

  const keeper = createKeeper({
    renew: (leases) => ingestLeases.renew(database, leases, leaseMs),
    everyMs: leaseMs / 3,
    onError: (error) => log.debug({ err: error }, 'leases not renewed'),
  });
  const loop = startWorkerLoop<Claim>({
    database,
    channel: ingestChannel,
    pollMs: options.pollMs,
    graceMs: leaseMs,
    room: () =>
      inWork.size < options.concurrency ? { rows: options.concurrency - inWork.size, own: [...inWork.keys()] } : null,
    claim: (room) => ingestLeases.claim(database, { owner, leaseMs }, room),
    async begin(claimed, cleared) {
      const { id } = claimed.row;
      const work = workOn(options, claimed, stopping.signal, keeper).finally(() => {
        inWork.delete(id);
        cleared();
        loop.checkNow();
      });
      inWork.set(id, work);
    },
    release: ({ row }) => giveBack(database, row),
    onError: (what, error) => log.warn({ err: error }, `ingest: ${what}`),
  });

  return {
    async stop() {
      stopping.abort();
      await loop.close();
      await Promise.all(inWork.values());
      await keeper.stop();
    },
  };
}

/** Processes one claimed file to its outcome. Never rejects. */
async function workOn(
  options: IngestOptions,
  claimed: ClaimedFile,
  stopping: AbortSignal,
  keeper: Keeper<object>,
): Promise<void> {
  const { log } = options;
  const claim = claimed.row;
  const lost = new AbortController();
  const forget = keeper.keep(claim, { lost: () => lost.abort() });
  try {
    await settle(options, claim, await outcomeOf(options, claimed, AbortSignal.any([stopping, lost.signal])));
  } catch (error) {
    // An unavailable database must not make a file suspect, so the outcome is written when it is back.
    await persist(
      () => afterFailure(options, claim, error, stopping.aborted, lost.signal.aborted),
      AbortSignal.any([stopping, lost.signal]),
    ).catch((late: unknown) => {
      log.warn({ err: late, storeFile: claim.number }, 'a file waits for its lease to run out');
    });
  } finally {
    forget();
  }
}

/** A file that has killed every process that worked on it is not tried again. */
async function outcomeOf(
  options: IngestOptions,
  { row: claim, verdict }: ClaimedFile,
  signal: AbortSignal,
): Promise<IngestOutcome> {
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
    if ((await ingestLeases.hold(transaction, claim)) === null) return false;
    await transaction.query(
      'UPDATE search.store_files SET error_code = $2, error_message = $3, failure = $4 WHERE number = $1',
      [claim.number, code, message, poison === undefined ? null : 'poisonous_request'],
    );
    // The file fails in its other stores too, without being tried there.
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
