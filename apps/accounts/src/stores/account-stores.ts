import type { Keys } from '../keys/key-ring.ts';
import type { Limits } from '../limits/limits-ring.ts';
import type { Sessions } from '../sessions/session-ring.ts';
import type { SignInLinks } from '../sessions/sign-in-links.ts';

/** Keys, browser sessions and project limits, in files or in a database. */
export interface AccountStores {
  readonly pepper: Buffer;
  readonly keys: Keys;
  readonly sessions: Sessions;
  readonly signInLinks: SignInLinks;
  readonly projectLimits: Limits;
  /** Resolves when the stores show every change that was made before, at whichever replica. Absent where there is one. */
  fresh?(): Promise<void>;
}
