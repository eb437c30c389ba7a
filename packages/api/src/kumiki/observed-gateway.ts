import type { Percentiles } from './load.ts';
import type { RequestDetail, RequestList, RequestQuery, RequestRecord } from './requests.ts';

/** What a gateway tells of itself to whoever operates the installation in the same process. */
export interface ObservedGateway {
  /** The last requests. */
  readonly requests: RequestReader;
  /** What the last seconds were like, as far as this gateway saw them. */
  load(): GatewayLoad;
  /** When a browser's session was last used, in Unix seconds; null where this gateway has not seen it. */
  sessionLastUsed(id: string): number | null;
}

export interface RequestReader {
  /** Requests that are open now. */
  readonly open: () => number;
  list(query: RequestQuery): RequestList;
  /** The record and the others of its trace; null when it is not remembered. */
  find(id: string): RequestDetail | null;
  /**
   * Tells of every record that begins, moves on or ends. It is the record itself, which changes on. The listener must
   * be quick and not throw. Returns what ends the subscription.
   */
  subscribe(listener: (record: RequestRecord) => void): () => void;
}

export interface EndpointLoad {
  readonly tokensPerSecond: number;
  /** null where nothing was measured. */
  readonly ttftMs: Percentiles | null;
  readonly itlMs: Percentiles | null;
}

export interface GatewayLoad extends EndpointLoad {
  readonly requestsPerSecond: number;
  readonly errorsPerSecond: number;
  /** By the endpoint's id. */
  readonly endpoints: ReadonlyMap<string, EndpointLoad>;
}
