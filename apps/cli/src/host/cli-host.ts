/** What a command may do to the process that it runs in. */
export interface CliHost {
  /** Ends the process at once: for a second Ctrl-C. */
  forceExit(code: number): void;
}
