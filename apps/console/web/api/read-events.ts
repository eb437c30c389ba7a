import { createSseParser } from '@kumiki/openai/sse-parser';
import { ApiError } from './api-error.ts';

/**
 * The data of a reply's server-sent events, without `[DONE]`. Ends when the reply does; throws ApiError `stream_broken`
 * when an event is larger than anything that is sent here.
 * @param onBytes called for whatever arrives, signs of life included.
 */
export async function* readEvents(response: Response, onBytes?: () => void): AsyncGenerator<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const parser = createSseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes?.();
      const events = parser.push(value);
      if (events === 'event_too_large') throw new ApiError('An event is too large.', { code: 'stream_broken' });
      for (const { data } of events) if (data !== '[DONE]') yield data;
    }
  } finally {
    // Leaving the loop early closes the connection.
    void reader.cancel().catch(() => undefined);
  }
}
