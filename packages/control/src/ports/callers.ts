/** Who asks, as far as those know who hold the keys and the sessions. */
export interface Callers {
  /** Name of a key, for the log of changes; null when it is gone. */
  nameOf(keyId: string): string | null;
  /**
   * Whether a request that was let in may go on: its key is there, may operate the installation and has not expired, and
   * so has its session, if it came with one.
   */
  mayStillOperate(keyId: string, sessionId: string | null): boolean;
}
