import type { IncomingMessage } from 'node:http';
import type { RequestRecord } from '@kumiki/api';
import type { Revocation } from '../keys/revocation.ts';
import type { TraceHop } from './random-ids.ts';
import type { Reply } from './reply.ts';

/** What is known about a request from its arrival on. */
export interface RequestContext {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: Reply;
  readonly path: string;
  readonly hop: TraceHop;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  readonly revocation: Revocation;
  /** Whether its key or session has been checked and is valid. */
  known: boolean;
  /** Its record; null before its caller is known, and for requests that are not recorded. */
  record: RequestRecord | null;
}

/** A request that is recorded. */
export type RecordedContext = RequestContext & { readonly record: RequestRecord };
