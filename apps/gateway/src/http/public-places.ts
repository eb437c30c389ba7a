import { KumikiError } from '@kumiki/api';

/** Requests without a key that may be open at once: a client that reads slowly holds memory. */
const maxOpen = 256;

/** The same for one address. */
const maxOpenPerAddress = 32;

const retryMs = 1_000;

export interface PublicPlaces {
  /**
   * Takes a place and returns the function that gives it back. Throws `overloaded`.
   * @param address null where many clients share it.
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
