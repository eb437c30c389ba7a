import type { Endpoint } from '@kumiki/api';
import { plainHost } from '@kumiki/policy';
import type { Outcome } from './outcome.ts';

/** Failures whose detail is text from the server. */
const inItsWords: ReadonlySet<string> = new Set(['server_error', 'busy']);

/**
 * Removes from an outcome what clients must not see of an outside server. A failure keeps no text at all, since proxies
 * and stack traces name internal hosts. A refusal keeps its text, which explains what is wrong with the request,
 * without the server's key and address.
 */
export function censorOutcome(outcome: Outcome, endpoint: Endpoint): Outcome {
  if (endpoint.egress === 'internal') return outcome;
  if (outcome.kind === 'refused') {
    const { error } = outcome;
    return { ...outcome, error: { ...error, message: hideSecrets(error.message, endpoint) } };
  }
  if (outcome.kind !== 'failed' || !inItsWords.has(outcome.failure)) return outcome;
  const detail = outcome.failure === 'busy' ? 'it is busy' : 'it answered with an error';
  return { ...outcome, detail, inner: hideSecrets(outcome.detail, endpoint) };
}

const hidden = '…';

function hideSecrets(text: string, { authorization, url }: Endpoint): string {
  const { host, hostname } = new URL(url);
  const secrets = [authorization?.replace(/^Bearer /, '') ?? '', url, host, plainHost(hostname)];
  return secrets.filter((secret) => secret !== '').reduce((left, secret) => left.replaceAll(secret, hidden), text);
}
