import { KumikiError, whatThereIs } from '@kumiki/api';

/** The sentence for a service that is not there. @param known the names of those that are. */
export function noSuchService(name: string, known: readonly string[]): KumikiError {
  return new KumikiError('not_found', { what: 'service', id: name, hint: whatThereIs(name, known) });
}
