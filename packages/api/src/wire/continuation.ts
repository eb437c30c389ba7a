import { z } from 'zod';
import { boundedArray, boundedTokenIds } from './bounded.ts';

/**
 * How an answer goes on at another replica.
 *
 * With the header `x-kumiki-token-ids: 1` a worker begins every SSE frame with a comment line
 * `: tokens <choice> <id>,<id>,…` naming all tokens that it has sampled for that choice since the last such
 * line, those included whose text it still holds back (a possible stop string, half a character). Comment and
 * data are one frame, so a reader has both or neither. The gateway strips the line before the client sees it.
 *
 * To continue, the same request body is sent to another worker with this object added under
 * `kumiki_continuation`. The worker replays the tokens through exactly the code that made the frames (text
 * decoder, stop strings, grammar, tool-call parser), throws away the frames that this gives, since the client has
 * them, and goes on sampling. The frames that follow carry the given id and creation time and no second role
 * delta; usage counts the whole answer. A gateway refuses the key when a client sends it.
 */
export const continuationSchema = z.strictObject({
  id: z.string().min(1).max(128),
  created: z.int().nonnegative(),
  choices: boundedArray(
    z.strictObject({
      index: z.int().nonnegative().max(127),
      token_ids: boundedTokenIds(1_048_576),
      /** The client has this choice's finish chunk: nothing of it is generated again. */
      finished: z.boolean(),
    }),
    128,
    1,
  ),
});

export type Continuation = z.infer<typeof continuationSchema>;

/** The request body key that carries a {@link Continuation} between gateway and worker. */
export const continuationKey = 'kumiki_continuation';

/** What begins a token-id comment line, without the line feed that ends it. */
export const tokenCommentPrefix = ': tokens ';

/**
 * How a service goes on with an answer whose reader died. A service that asks a gateway for token ids gets the frames of
 * a stream with their comment lines, and the revision that sampled them in the reply's head. It keeps both, and sends
 * the same body again with this object added under `kumiki_resume`: the gateway takes the frames for sent, and sends
 * what follows. Without frames the answer begins anew. From anybody else a gateway refuses the key.
 */
export const resumeSchema = z.strictObject({
  /** As the head of a reply told it. */
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
 * The comment frame that tells a service, once, that token ids no longer cover its answer: what follows came from a
 * server that went on from the text.
 */
export const tokensForgottenFrame = ': tokens-forgotten\n\n';
