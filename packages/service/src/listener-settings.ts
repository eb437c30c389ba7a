import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

/**
 * The settings of every process that listens: its addresses, its log and its draining.
 * @param ownPort default port; the ops listener defaults to the next one. With 0 both take any free port.
 */
export function listenerSettings(ownPort: number) {
  const opsPort = ownPort === 0 ? 0 : ownPort + 1;
  return {
    KUMIKI_LISTEN_HOST: z.string().min(1).default('127.0.0.1').describe('Address that the service listens on.'),
    KUMIKI_LISTEN_PORT: port.default(ownPort).describe('Port that the service listens on; 0 takes any free one.'),
    KUMIKI_OPS_HOST: z.string().min(1).default('127.0.0.1').describe('Address of the listener for probes and metrics.'),
    KUMIKI_OPS_PORT: port
      .default(opsPort)
      .describe(
        'Port of the listener for probes (`/livez`, `/readyz`) and metrics (`/metrics`); 0 takes any free one.',
      ),
    KUMIKI_LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('Least severity of the lines that are logged.'),
    KUMIKI_DRAIN_MS: z.coerce
      .number()
      .int()
      .min(0)
      .max(3_600_000)
      .default(30_000)
      .describe('How long requests that run may take to end after SIGTERM.'),
  };
}
