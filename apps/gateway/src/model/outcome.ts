import type { UpstreamErrorBody } from '@kumiki/openai';
import type { Failure } from '@kumiki/policy';

/** How one attempt at one endpoint ended. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'client_left' }
  /** The endpoint refused the request itself; another would refuse it as well. */
  | { readonly kind: 'refused'; readonly status: number; readonly error: UpstreamErrorBody }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      /** A sentence part for people. */
      readonly detail: string;
      /** The same for the log, where `detail` hides something from clients. */
      readonly inner?: string;
      /** A kept connection was closed under the request: the endpoint itself may be well. */
      readonly stale?: boolean;
    };

export function failed(failure: Failure, detail: string): Outcome {
  return { kind: 'failed', failure, detail };
}
