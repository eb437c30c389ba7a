import { Agent, request } from 'node:http';
import type { HealthCheckResult } from '@kumiki/policy';

/** An answer that takes longer counts as none. */
const timeoutMs = 1_500;
/** A timer of ours that is this much later tells that the whole machine or this process stood still. */
const lateMs = 1_000;

const agent = new Agent({ keepAlive: true, maxSockets: 64, maxFreeSockets: 64 });

/** Asks a service once whether it moves, by the thread that does its work. Never rejects. */
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
