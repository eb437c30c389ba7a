/** A failure that the user can fix: one sentence about the problem, one about the remedy. */
export class CliError extends Error {
  /** 1: the command failed; 2: the command line is invalid. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}
