/** A failure that the user can do something about: one sentence of what is wrong, one of what to do. */
export class CliError extends Error {
  /** 1: it did not work; 2: the command was not understood. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}
