import { didYouMean, KumikiError } from '@kumiki/api';

/** The sentence for a service that is not there. @param known the names of those that are. */
export function noSuchService(name: string, known: readonly string[]): KumikiError {
  const hint = didYouMean(name, known);
  return new KumikiError('not_found', {
    what: 'service',
    id: name,
    hint: hint === '' && known.length > 0 ? ` There are: ${known.join(', ')}.` : hint,
  });
}
