import { createServer } from 'node:net';
import { CliError } from '../host/cli-error.ts';

/** Checks that a port is free; null when it is, otherwise the reason. */
export function checkPort(host: string, port: number): Promise<string | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(reasonOf(error, host, port)));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

function reasonOf({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Stop it, or choose another port with --port.`;
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose one of 1024 and more with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Choose another with --host; 0.0.0.0 stands for all.`;
    case undefined:
    default:
      return `Port ${port} on ${host} cannot be used: ${message}.`;
  }
}

export async function requireFreePort(host: string, port: number): Promise<void> {
  const reason = port === 0 ? null : await checkPort(host, port);
  if (reason !== null) throw new CliError(reason);
}
