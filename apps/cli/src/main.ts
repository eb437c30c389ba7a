import { runCli } from './run-cli.ts';

const args = process.argv.slice(2);

// The reader of a pipe has closed it (`kumiki status | head`), which ends a command quietly. `up` continues without
// output.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (args[0] !== 'up') process.exit(0);
});

process.exitCode = await runCli(args, {
  forceExit: (code) => process.exit(code),
});
