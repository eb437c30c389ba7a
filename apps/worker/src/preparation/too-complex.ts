import { KumikiError } from '@kumiki/api';
import type { Phase } from './drafts.ts';

const whatOf: Readonly<Record<Phase, string>> = {
  reading: 'Reading the JSON of this request',
  checking: 'Checking the members of this request',
  drafting: "Writing the prompt and the grammar of this request by the model's template",
};

const remedyOf: Readonly<Record<Phase, string>> = {
  reading: 'Send a smaller body',
  checking: 'Send fewer members and elements',
  drafting: 'Send fewer or shorter messages, fewer tools, or a smaller schema',
};

/**
 * The refusal of a request whose preparation exceeded a limit.
 * @param limit the limit: `5 s`, `512 MiB of memory`.
 */
export function tooComplex(phase: Phase, limit: string, bytes: number, cause: string): KumikiError {
  const details = { what: whatOf[phase], limit, size: `${bytes} bytes`, remedy: `${remedyOf[phase]}.` };
  return new KumikiError('too_complex', details, { cause: new Error(cause) });
}
