import type { Endpoint } from '@kumiki/api';
import { plainHost } from '@kumiki/policy';
import type { Outcome } from './outcome.ts';

/** Failures whose detail is the server's own text. */
const inItsWords: ReadonlySet<string> = new Set(['server_error', 'busy']);

/**
 * What clients may hear of an outcome at a server outside: of its failures that it failed, since a proxy or a stack trace
 * names inner places; of its refusals the words, which tell what is wrong with the request, without its key and its place.
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
