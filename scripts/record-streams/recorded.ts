/** What is kept of a recording beside its bytes. */
export interface RecordedAnswer {
  readonly name: string;
  /** The file beside this list. */
  readonly file: string;
  readonly path: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly contentType: string;
  /** Whether the connection broke before the answer was whole. */
  readonly broken: boolean;
}

export interface RecordedServer {
  readonly server: string;
  readonly version: string;
  readonly date: string;
  /** Where the server's documents show this; absent where a real server was asked. */
  readonly source?: string;
  readonly answers: readonly RecordedAnswer[];
}
