import type { EndCause } from '@kumiki/api';

/** Why a replica's process ended: as part of an English sentence, and as a code for translation. */
export interface End {
  readonly reason: string;
  readonly cause: EndCause;
}

export function exited(status: number | null): End {
  return end(`it ended with status ${status}`, 'exited', { status: status ?? '?' });
}

export function signalled(signal: string): End {
  return end(`it was ended by ${signal}`, 'signalled', { signal });
}

/** @param detail the system's message. */
export function notStarted(detail: string): End {
  return end(`it could not be started: ${detail}`, 'not_started', { detail });
}

export function outOfMemory(neededMiB: number, freeMiB: number): End {
  const reason = `it needs ${neededMiB} MiB of memory and ${freeMiB} MiB are free`;
  return end(reason, 'out_of_memory', { needed: neededMiB, free: freeMiB });
}

/** @param detail the worker's last message. */
export function unable(detail: string): End {
  return end(detail, 'unable', { detail });
}

export function silent(checks: number): End {
  return end(`it did not answer ${checks} health checks in a row, so it was killed`, 'silent', { checks });
}

export function stalled(): End {
  return end('its engine stands still while requests run, so it was killed', 'stalled', {});
}

export function notReady(limitMs: number): End {
  return end(`it was not ready within ${limitMs} ms, so it was killed`, 'not_ready', { limit: limitMs });
}

export function notEnding(limitMs: number): End {
  const reason = `it did not end within ${limitMs} ms after SIGTERM, so it was killed`;
  return end(reason, 'not_ending', { limit: limitMs });
}

function end(reason: string, code: EndCause['code'], params: EndCause['params']): End {
  return { reason, cause: { code, params } };
}
