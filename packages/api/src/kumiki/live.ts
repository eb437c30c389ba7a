import { z } from 'zod';
import { changeSchema } from './changes.ts';
import { loadSchema } from './load.ts';
import { requestRecordSchema } from './requests.ts';
import { statusSchema } from './status.ts';

/**
 * `GET /v1/kumiki/live`: one stream of server-sent events for everything that an operator looks at. It begins with
 * `status` and `load`. A reader that falls behind is disconnected, and starts over when it reconnects.
 */
export const liveEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), status: statusSchema }),
  z.object({ type: z.literal('load'), load: loadSchema }),
  /** A request began, moved on or ended. The later event about one id replaces the earlier. */
  z.object({ type: z.literal('request'), request: requestRecordSchema }),
  z.object({ type: z.literal('change'), change: changeSchema }),
  /** A sign of life, every 5 s. `at` is Unix milliseconds. */
  z.object({ type: z.literal('ping'), at: z.number() }),
]);
export type LiveEvent = z.infer<typeof liveEventSchema>;
