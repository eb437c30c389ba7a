import type { EgressPolicy } from '@kumiki/api';
import type { RemoteTarget } from './target.ts';

/** The operator's current settings for outside servers. */
export interface OutsideServers {
  /** The value of the `authorization` header; null when the server needs none. Secret. */
  authorizationFor(target: RemoteTarget): string | null;
  /** Why nothing may be sent to one of a target's servers, as a sentence; null when it may. */
  refusalOf(target: RemoteTarget, url: string): string | null;
  /** The policy that gateways enforce. */
  egress(): EgressPolicy;
}
