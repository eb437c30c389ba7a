import type { Gateways, NewChange } from '@kumiki/control';

/** What the service of accounts must know of the rest of an installation, and tells it. */
export interface Surroundings {
  readonly version: string;
  address(): ShownAddress;
  /** When sessions were last used, as far as the gateways have told. */
  readonly sessionsLastUsed: Gateways['sessionsLastUsed'];
  /** Tells of a change that somebody made, for the log of changes. */
  tell(change: NewChange): void;
}

/** Where the product is reached by others than programs of its own machine, without `/v1`. */
export interface ShownAddress {
  readonly shown: string;
  /** Whether somebody said so, or it is what the machine knows of itself. */
  readonly configured: boolean;
}
