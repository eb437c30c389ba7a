import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestRecord } from '@kumiki/api';
import type { Revocation } from '../keys/revocation.ts';
import type { TraceHop } from './random-ids.ts';

/** One request, admitted so far as having an id. */
export interface RequestContext {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly hop: TraceHop;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  readonly revocation: Revocation;
  /** Whether its key or session has been checked and is valid. */
  known: boolean;
  /** What is remembered of it; null before its caller is known, and for what nobody needs to remember. */
  record: RequestRecord | null;
}

/** A request that is remembered. */
export type RecordedContext = RequestContext & { readonly record: RequestRecord };
