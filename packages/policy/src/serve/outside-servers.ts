import type { EgressPolicy } from '@kumiki/api';
import type { RemoteTarget } from './target.ts';

/** What is known of servers that Kumiki does not run, as those who operate the installation have it now. */
export interface OutsideServers {
  /** The value of the `authorization` header, null where none is wanted. Secret. */
  authorizationFor(target: RemoteTarget): string | null;
  /** Why nothing may be sent to one of a target's servers, as a sentence; null when it may. */
  refusalOf(target: RemoteTarget, url: string): string | null;
  /** What gateways hold to. */
  egress(): EgressPolicy;
}
