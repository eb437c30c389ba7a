import type { Gateways, NewChange } from '@kumiki/control';

/** What the accounts service needs from the rest of an installation. */
export interface Surroundings {
  readonly version: string;
  address(): ShownAddress;
  /** When sessions were last used, as reported by the gateways. */
  readonly sessionsLastUsed: Gateways['sessionsLastUsed'];
  /** Adds an entry to the log of changes. */
  tell(change: NewChange): void;
}

/** The product's URL for other machines, without `/v1`. */
export interface ShownAddress {
  readonly shown: string;
  /** Whether it was configured; otherwise it is the machine's own address. */
  readonly configured: boolean;
}
