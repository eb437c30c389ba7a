import { z } from 'zod';
import { boundedArray, boundedTokenIds } from './bounded.ts';

/**
 * How an answer continues at another replica.
 *
 * With the header `x-kumiki-token-ids: 1` a worker begins every SSE frame with a comment line `: tokens <choice>
 * <id>,<id>,…` naming all tokens that it has sampled for that choice since the previous such line, including tokens
 * whose text it still holds back (a possible stop string, half a character). Comment and data are one frame, so a
 * reader has both or neither. The gateway strips the line before the client sees it.
 *
 * To continue, the same request body is sent to another worker with this object added under `kumiki_continuation`. The
 * worker replays the tokens through exactly the code that made the frames (text decoder, stop strings, grammar,
 * tool-call parser), discards the frames that this produces, since the client has them, and continues sampling. The
 * frames that follow carry the given id and creation time and no second role delta; usage counts the whole answer. A
 * gateway refuses the key when a client sends it.
 */
export const continuationSchema = z.strictObject({
  id: z.string().min(1).max(128),
  created: z.int().nonnegative(),
  choices: boundedArray(
    z.strictObject({
      index: z.int().nonnegative().max(127),
      token_ids: boundedTokenIds(1_048_576),
      /** The client already has this choice's finish chunk, so nothing more is generated for it. */
      finished: z.boolean(),
    }),
    128,
    1,
  ),
});

export type Continuation = z.infer<typeof continuationSchema>;

/** The request body key that carries a {@link Continuation} between gateway and worker. */
export const continuationKey = 'kumiki_continuation';

/** The start of a token-id comment line. */
export const tokenCommentPrefix = ': tokens ';

/**
 * How a service continues an answer whose reading process died. A service that asks a gateway for token ids gets the
 * frames of a stream with their comment lines, and the revision that sampled them in the reply's head. It stores both,
 * and sends the same body again with this object added under `kumiki_resume`: the gateway treats the frames as already
 * sent and sends what follows. Without frames the answer starts over. A gateway refuses the key from any other caller.
 */
export const resumeSchema = z.strictObject({
  /** From the head of the first reply. */
  revision: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .nullable(),
  /** Whole frames, one after the other, without `[DONE]`. */
  frames: z.string(),
});

export type Resume = z.infer<typeof resumeSchema>;

/** The request body key that carries a {@link Resume} from a service to the gateway. */
export const resumeKey = 'kumiki_resume';

/**
 * The comment frame that tells a service, once, that token ids no longer cover its answer: the rest comes from a server
 * that continued from the text.
 */
export const tokensForgottenFrame = ': tokens-forgotten\n\n';
