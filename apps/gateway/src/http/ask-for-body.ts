import { KumikiError } from '@kumiki/api';
import type { Reply } from './reply.ts';

/** Lets the client send its body. Throws KumikiError `body_too_large` when it says that the body is larger than the limit. */
export function askForBody(response: Reply, maxBytes: number): void {
  const length = Number(response.req.headers['content-length'] ?? 0);
  if (length > maxBytes) throw new KumikiError('body_too_large', { limitBytes: maxBytes });
  response.askForBody();
}
