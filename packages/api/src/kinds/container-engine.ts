import { z } from 'zod';
import { boundedArray } from '../wire/bounded.ts';
import { secretKeyRefSchema } from './secrets.ts';

const httpPath = z
  .string()
  .max(1_024)
  .regex(/^\/[!-~]*$/, "must be a path that begins with '/'");

const environmentVariable = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be letters, digits and _, not beginning with a digit')
    .describe('The name of the variable.'),
  value: z.string().max(32_768).optional().describe('Its value; secrets are named by `valueFrom` instead.'),
  valueFrom: z
    .strictObject({ secretKeyRef: secretKeyRefSchema.describe('One value of a Secret in the same namespace.') })
    .optional()
    .describe('Where its value comes from.'),
});

/** An engine that is somebody's image: vLLM, SGLang, or anything that speaks the OpenAI API. */
export const containerEngineSchema = z
  .strictObject({
    kind: z.literal('container'),
    image: z
      .string()
      .min(1)
      .max(1_024)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/, 'must be the name of an image, such as registry/name:tag')
      .describe('The image that is run.'),
    command: boundedArray(z.string().max(32_768), 256)
      .optional()
      .describe("What is run instead of the image's own entry point."),
    args: boundedArray(z.string().max(32_768), 256)
      .default([])
      .describe('Arguments. `$(MODEL_PATH)` stands for where the model of a volume or an image lies.'),
    env: boundedArray(environmentVariable, 256).default([]).describe('Variables of its environment.'),
    port: z.int().min(1).max(65_535).default(8_000).describe('The port where it answers.'),
    readyPath: httpPath.default('/health').describe('A GET of this path is answered with 200 when it takes requests.'),
    livePath: httpPath
      .optional()
      .describe(
        'A GET of this path is answered with 200 as long as the container need not be restarted. Without it no answer is asked for: a saturated server may answer late and is not to be killed for it.',
      ),
    upstreamModel: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('The name under which the container knows the model, when it is not `spec.model.name`.'),
    maxInFlight: z.int().min(1).max(100_000).default(256).describe('Requests that one replica takes at once.'),
    continuation: z
      .enum(['prefill', 'replay', 'none'])
      .default('replay')
      .describe('How a broken answer goes on at another replica, as with `openai`.'),
    sharedMemory: z
      .string()
      .max(32)
      .regex(/^[0-9]+(Ki|Mi|Gi)$/, 'must be a size such as 2Gi')
      .optional()
      .describe('The size of /dev/shm, which servers that use several GPUs need.'),
    user: z.int().min(1).max(65_534).default(65_532).describe('The user that it runs as; never root.'),
  })
  .describe('An image whose API is that of OpenAI, on Kubernetes: vLLM, SGLang and others.');
export type ContainerEngine = z.infer<typeof containerEngineSchema>;
