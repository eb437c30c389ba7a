import { Agent, request } from 'node:http';
import type { HealthCheckResult } from '@kumiki/policy';

/** A later answer counts as none. */
const timeoutMs = 1_500;
/** A timer of this process that is this late shows that the process or the machine was paused. */
const lateMs = 1_000;

const agent = new Agent({ keepAlive: true, maxSockets: 64, maxFreeSockets: 64 });

/** Checks once whether a service's main thread responds. Never rejects. */
export async function probeLiveness(port: number): Promise<HealthCheckResult> {
  const askedAt = performance.now();
  const answered = await ask(port);
  if (answered) return 'answered';
  return performance.now() - askedAt < timeoutMs + lateMs ? 'silent' : 'inconclusive';
}

function ask(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const no = (): void => resolve(false);
    const probe = request(
      { agent, host: '127.0.0.1', port, path: '/livez', signal: AbortSignal.timeout(timeoutMs) },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode === 200));
        response.on('error', no);
        response.on('close', no);
      },
    );
    probe.on('error', no);
    probe.end();
  });
}
