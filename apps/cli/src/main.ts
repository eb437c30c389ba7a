import { runCli } from './run-cli.ts';

const args = process.argv.slice(2);

// The reader of a pipe has enough (`kumiki status | head`): that ends a command quietly. What `up` runs goes on without it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (args[0] !== 'up') process.exit(0);
});

process.exitCode = await runCli(args, {
  forceExit: (code) => process.exit(code),
});
