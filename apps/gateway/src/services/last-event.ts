import { errorEnvelope, type KumikiError } from '@kumiki/api';
import { errorFrame } from '@kumiki/openai';

/**
 * The last event of a service's stream that the gateway cuts, in the dialect of that stream: responses have their own event for
 * errors; all others get the frame that the streams of models get.
 */
export function lastEvent(path: string, error: KumikiError): Uint8Array {
  if (!path.startsWith('/v1/responses')) return errorFrame(error);
  const { code, message, param } = errorEnvelope(error).error;
  return Buffer.from(`event: error\ndata: ${JSON.stringify({ type: 'error', code, message, param })}\n\n`);
}
