import type { CreateResponse } from '@kumiki/api';
import type { SearchResult } from '../answer/answer-machine.ts';
import type { Passage } from '../answer/citations.ts';
import type { ResponseEvent } from '../answer/response-event.ts';
import type { Item, ResponseObject } from '../answer/response-object.ts';
import type { ChatBody } from '../prompt/build-chat.ts';

/** The outcome of a search: shown in its item, given to the model, cited in the answer. */
export interface SearchOutcome {
  readonly queries: readonly string[];
  readonly results: readonly SearchResult[];
  /** In the order of their numbers, with the texts for the model. */
  readonly passages: readonly (Passage & { readonly text: string })[];
}

/** Decisions from before the model was called. A later driver of the run must reuse them. */
export interface Prepared {
  readonly search: SearchOutcome | null;
  /** null until the model has accepted the request. */
  readonly chat: ChatBody | null;
}

/**
 * The work on a response.
 *
 * ```
 *   created ──▶ waiting ──claim──▶ driven ──┬── the answer is complete ───▶ completed, incomplete
 *      │          ▲  ▲               │ ▲    ├── it has failed ────────────▶ failed
 *      │          │  └─ park: no ────┘ │    ├── it is cancelled ──────────▶ cancelled
 *      │          │    model has room  │    └── refused before any client saw it ──▶ gone
 *      │          └──── release: the replica shuts down
 *      └── there is capacity here ─────┤
 *                                      └── claim: the driver died or hung; after the second time the run is refused: failed
 * ```
 *
 * `waiting` and `driven` are states of its lease (`@kumiki/postgres/leased`). While it is driven, the model's frames
 * and the events made from them are stored. The next driver replays the frames through the same state machine and
 * continues.
 */
export interface RunRecord {
  readonly id: string;
  readonly project: string;
  readonly keyId: string;
  readonly requestId: string;
  /** Trace context of the request that began it. */
  readonly traceparent: string | null;
  /** Low priority until a model has accepted it. Not stored: a later driver uses normal priority. */
  readonly lowPriority?: boolean;
  readonly background: boolean;
  readonly request: CreateResponse;
  readonly input: readonly Item[];
  /** The response before any output. */
  readonly response: ResponseObject;
  /** Fence of the driver; only writes with the highest one succeed. */
  readonly fence: number;
  /** The last stored event. */
  readonly lastSeq: number;
  readonly prepared: Prepared | null;
  readonly revision: string | null;
  readonly cancelRequested: boolean;
  /** Its size as JSON. */
  readonly bytes: number;
  /** Earlier claims without progress whose process died or hung. */
  readonly lost: number;
  /** How long models had had no capacity for it before this claim, in milliseconds. */
  readonly refusedMs: number;
}

/** Events and the frames that gave them, stored atomically. */
export interface Batch {
  readonly events: readonly ResponseEvent[];
  readonly frames: string;
  /** Set when it has changed. */
  readonly prepared: Prepared | null;
  readonly revision: string | null;
}

/** The events of a batch as clients see them, each as JSON. */
export interface StoredBatch {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly events: readonly string[];
}

/** `lost`: another driver has the run, or it was deleted. `cancelled`: it may end only as cancelled. */
export type StoreResult = 'stored' | 'lost' | 'cancelled';

/** The store of a run's events. */
export interface Journal {
  /** Stores a batch. Waits while the database is unavailable, until the signal is aborted. */
  append(batch: Batch, signal: AbortSignal): Promise<StoreResult>;
  /** Stores the last batch and the final response, and ends the run. */
  finish(batch: Batch, response: ResponseObject, signal: AbortSignal): Promise<StoreResult>;
  /** Deletes a run that no client has seen. */
  discard(): Promise<void>;
}
