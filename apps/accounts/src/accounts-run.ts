import type { Log, Registry } from '@kumiki/service';
import type { Surroundings } from './ports/surroundings.ts';
import type { RunningAccounts } from './start-accounts.ts';

export interface RunAccountsOptions {
  readonly serviceKeysFolder: string | undefined;
  readonly surroundings: Surroundings;
  readonly host: string;
  readonly port: number;
  /** The token that the gateway authenticates itself with. */
  readonly token: string;
  readonly log: Log;
}

export interface AccountsRun extends RunningAccounts {
  readonly metrics: Registry;
  /** Port at which gateways follow; null where they read files. */
  readonly streamPort: number | null;
}
