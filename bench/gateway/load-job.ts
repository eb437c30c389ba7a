/** A job of the load generator. Requests are base64 of complete HTTP bytes. */
export type LoadJob =
  | {
      readonly kind: 'closed-loop';
      readonly port: number;
      readonly request: string;
      readonly streamed: boolean;
      readonly connections: number;
      readonly exchanges: number;
    }
  | {
      readonly kind: 'hold';
      readonly port: number;
      readonly request: string;
      readonly connections: number;
      /** Connections opened at once. */
      readonly batch: number;
      /** False for clients that never read a byte. */
      readonly reads: boolean;
    }
  | { readonly kind: 'release' };

export interface LoadResult {
  readonly exchanges: number;
  readonly firstMsP50: number;
  readonly totalMsP50: number;
  readonly totalMsMax: number;
}
