/** Keys and sessions, as far as the control API needs them. */
export interface Callers {
  /** Name of a key, for the log of changes; null when it is gone. */
  nameOf(keyId: string): string | null;
  /**
   * Whether an open request may continue: its key still exists, has the role `admin` and has not expired, and the same
   * holds for its session, if it has one.
   */
  mayStillOperate(keyId: string, sessionId: string | null): boolean;
}
