import type { CreateResponse } from '@kumiki/api';
import type { SearchResult } from '../answer/answer-machine.ts';
import type { Passage } from '../answer/citations.ts';
import type { ResponseEvent } from '../answer/response-event.ts';
import type { Item, ResponseObject } from '../answer/response-object.ts';
import type { ChatBody } from '../prompt/build-chat.ts';

/** What a search gave: shown in its item, told to the model, cited in the answer. */
export interface SearchOutcome {
  readonly queries: readonly string[];
  readonly results: readonly SearchResult[];
  /** In the order of their numbers, with the texts that the model reads. */
  readonly passages: readonly (Passage & { readonly text: string })[];
}

/** What was settled before the model was asked. The next driver of the run must not settle it again. */
export interface Prepared {
  readonly search: SearchOutcome | null;
  /** null until the model has taken the request. */
  readonly chat: ChatBody | null;
}

/**
 * A response to be produced, and what is known of it.
 *
 * ```
 *   created ──▶ waiting ──claim──▶ driven ──┬── the answer is whole ──────▶ completed, incomplete
 *      │          ▲  ▲               │ ▲    ├── it cannot be had ─────────▶ failed
 *      │          │  └─ park: no ────┘ │    ├── somebody cancels it ──────▶ cancelled
 *      │          │    model has room  │    └── refused before anybody saw it ──▶ gone
 *      │          └──── release: the replica shuts down
 *      └── there is room here ─────────┤
 *                                      └── claim: the driver died or fell silent, and a second time it is refused: failed
 * ```
 *
 * `waiting` and `driven` are states of its lease (`@kumiki/postgres/leased`). What is stored while it is driven are frames of
 * the model and the events that they gave. The next driver puts the frames through the same state machine, and goes on.
 */
export interface RunRecord {
  readonly id: string;
  readonly project: string;
  readonly keyId: string;
  readonly requestId: string;
  /** Of the request that began it. */
  readonly traceparent: string | null;
  /** Gives way to all other requests until a model has taken it. Not stored: the next driver finishes the run. */
  readonly lowPriority?: boolean;
  readonly background: boolean;
  readonly request: CreateResponse;
  readonly input: readonly Item[];
  /** The response before anything was produced. */
  readonly response: ResponseObject;
  /** Number of the driver; writes count only under the highest one. */
  readonly fence: number;
  /** The last event that is stored. */
  readonly lastSeq: number;
  readonly prepared: Prepared | null;
  readonly revision: string | null;
  readonly cancelRequested: boolean;
  /** What it is as JSON. */
  readonly bytes: number;
  /** Claims before this one that brought nothing, and whose process ended or fell silent. */
  readonly lost: number;
  /** Since when models have had no room for it, in milliseconds before this claim. */
  readonly refusedMs: number;
}

/** Events and the frames that gave them: stored together, or not at all. */
export interface Batch {
  readonly events: readonly ResponseEvent[];
  readonly frames: string;
  /** When it has changed. */
  readonly prepared: Prepared | null;
  readonly revision: string | null;
}

/** What clients are shown of a batch: one event in JSON each. */
export interface StoredBatch {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly events: readonly string[];
}

/** `lost`: another driver has the run, or it was deleted. `cancelled`: it may end only as cancelled. */
export type StoreResult = 'stored' | 'lost' | 'cancelled';

/** Where a run's events are kept and read. */
export interface Journal {
  /** Stores a batch. While the database is away it waits, until the signal is aborted. */
  append(batch: Batch, signal: AbortSignal): Promise<StoreResult>;
  /** Stores the last batch and the whole response, and ends the run. */
  finish(batch: Batch, response: ResponseObject, signal: AbortSignal): Promise<StoreResult>;
  /** Forgets a run of which no client has seen anything. */
  discard(): Promise<void>;
}
