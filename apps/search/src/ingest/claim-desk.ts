import { judgePoison } from '@kumiki/policy';
import type { Claim } from './queue.ts';

/** Hands out claims to those who work in this process. */
export interface ClaimDesk {
  /** The next claim; null when there is none, or only suspects while one is in work. */
  take(): Promise<Claim | null>;
  /** To be called when nobody works on a claim any more. */
  done(claim: Claim): void;
}

/**
 * One claim after the other, and one suspect at a time: when this process dies with a file that had cost a process before,
 * nobody need ask which file it was.
 */
export function createClaimDesk(claimNext: (suspects: boolean) => Promise<Claim | null>): ClaimDesk {
  let suspect: Claim | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  const isSuspect = ({ lost }: Claim): boolean => judgePoison({ lost, shared: 0 }).kind === 'try_alone';
  return {
    take() {
      const claimed = turn.then(async () => {
        const claim = await claimNext(suspect === null);
        if (claim !== null && isSuspect(claim)) suspect = claim;
        return claim;
      });
      turn = claimed.catch(() => null);
      return claimed;
    },
    done(claim) {
      if (suspect === claim) suspect = null;
    },
  };
}
