import { z } from 'zod';
import { conditionReasons } from './conditions.ts';

/** The longest message of a condition, in characters; what a scheduler says may be longer and is cut. */
export const maxConditionMessage = 1_024;
/** Revisions that a status lists: the wanted one and what is left of those before it. */
export const maxStatusRevisions = 16;

const reasons = Object.values(conditionReasons).flatMap((of) => Object.keys(of));

/** One condition in the status of an object of Kubernetes, where the time of its last change is kept. */
export const objectConditionSchema = z.strictObject({
  type: z.enum(Object.keys(conditionReasons) as (keyof typeof conditionReasons)[]).describe('What is told.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether it holds.'),
  reason: z
    .string()
    .max(64)
    .describe(`Why, in one word: ${reasons.join(', ')}.`),
  message: z.string().max(maxConditionMessage).describe('Why, and what to do.'),
  lastTransitionTime: z.string().max(32).describe('When the status last changed, in RFC 3339.'),
  observedGeneration: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .describe('Of which generation of the spec this is told.'),
});
export type ObjectCondition = z.infer<typeof objectConditionSchema>;

/** The status of a ModelService on Kubernetes, which the operator writes. */
export const modelServiceStatusSchema = z
  .strictObject({
    observedGeneration: z
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('The generation of the spec that was last acted on.'),
    replicas: z.int().min(0).max(100_000).optional().describe('Pods there are.'),
    readyReplicas: z.int().min(0).max(100_000).optional().describe('Pods that take requests.'),
    selector: z
      .string()
      .max(1_024)
      .optional()
      .describe('Which pods these are, as `kubectl scale` and autoscalers ask.'),
    revision: z.string().max(64).optional().describe('The revision that is wanted.'),
    models: z.array(z.string().max(255)).max(64).optional().describe('The names of its models.'),
    revisions: z
      .array(
        z.strictObject({
          name: z.string().max(64).describe('Of what is loaded.'),
          replicas: z.int().min(0).max(100_000).describe('Pods of this revision.'),
          ready: z.int().min(0).max(100_000).describe('Those that take requests.'),
          wanted: z.int().min(0).max(100_000).describe('How many there are to be.'),
          reason: z.string().max(maxConditionMessage).describe('Why so many.'),
        }),
      )
      .max(maxStatusRevisions)
      .optional()
      .describe('What runs, by revision; the wanted one first.'),
    conditions: z
      .array(objectConditionSchema)
      .max(8)
      .optional()
      .describe('How it stands: Ready, Progressing, Degraded and Fits.'),
  })
  .describe('What there is, as the operator sees it.');
export type ModelServiceStatus = z.infer<typeof modelServiceStatusSchema>;
