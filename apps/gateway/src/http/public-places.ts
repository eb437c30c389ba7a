import { KumikiError } from '@kumiki/api';

/** Requests that are open at once and for which nobody showed a key: a client that reads slowly holds memory. */
const maxOpen = 256;

/** Those of them that one address has. */
const maxOpenPerAddress = 32;

const retryMs = 1_000;

export interface PublicPlaces {
  /**
   * Takes a place; call what it returns when the request has ended. Throws `overloaded`.
   * @param address null where it stands for many.
   */
  enter(address: string | null): () => void;
}

export function createPublicPlaces(): PublicPlaces {
  let open = 0;
  const byAddress = new Map<string, number>();
  return {
    enter(address) {
      const own = address === null ? 0 : (byAddress.get(address) ?? 0);
      if (open >= maxOpen) throw overloaded(maxOpen);
      if (own >= maxOpenPerAddress) throw overloaded(maxOpenPerAddress);
      open++;
      if (address !== null) byAddress.set(address, own + 1);
      return () => {
        open--;
        if (address === null) return;
        const left = (byAddress.get(address) ?? 1) - 1;
        if (left === 0) byAddress.delete(address);
        else byAddress.set(address, left);
      };
    },
  };
}

function overloaded(limit: number): KumikiError {
  const details = { what: 'What is open without a key', limit: `${limit} requests`, retryAfter: '1 s' };
  return new KumikiError('overloaded', details, { retryAfterMs: retryMs });
}
