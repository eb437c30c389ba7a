import type { Database } from '@kumiki/postgres';
import type { Log } from '@kumiki/service';
import { type BatchLease, LeaseLostError, type Renewal, renewLease } from './rows/batch-lease.ts';

export interface LeaseKeeper {
  /** Looks at once whether something has changed. */
  look(): void;
  stop(): void;
}

/**
 * Renews a lease three times within its term, and tells what the batch's row says now. A database that is away ends
 * nothing: nobody can take the batch over meanwhile, and every write checks the fence.
 */
export function keepLease(
  context: { readonly database: Database; readonly log: Log; readonly leaseMs: number },
  lease: BatchLease,
  on: { renewed(renewal: Renewal): void; lost(error: LeaseLostError): void },
): LeaseKeeper {
  let stopped = false;
  let looking = false;
  let timer: NodeJS.Timeout | null = null;

  const look = async (): Promise<void> => {
    if (looking || stopped) return;
    looking = true;
    try {
      const renewal = await renewLease(context.database, lease, context.leaseMs);
      if (!stopped) on.renewed(renewal);
    } catch (error) {
      if (error instanceof LeaseLostError) {
        stopped = true;
        on.lost(error);
      } else context.log.warn({ err: error, batch: lease.id }, 'the lease of a batch could not be renewed');
    } finally {
      looking = false;
    }
  };
  const again = (): void => {
    timer = setTimeout(() => void look().then(() => (stopped ? undefined : again())), context.leaseMs / 3);
  };
  again();
  return {
    look: () => void look(),
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
