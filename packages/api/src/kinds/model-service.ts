import { z } from 'zod';
import { boundedArray, boundedRecord } from '../wire/bounded.ts';
import { apiVersion } from './labels.ts';
import { secretSourceSchema } from './secrets.ts';

/** A DNS-1123 label, as Kubernetes demands of object names. */
export const nameSchema = z
  .string()
  .min(1)
  .max(63)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'must be lower-case letters, digits and hyphens, starting and ending with a letter or digit',
  );

/** A model name as clients write it in `model`: `org/name:tag` and the like. */
export const modelNameSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._:/@-]*[A-Za-z0-9])?$/,
    'must be letters, digits and . _ : / @ -, starting and ending with a letter or digit',
  );

const millis = (most: number) => z.int().min(1).max(most);

export const taskSchema = z.enum(['chat', 'embedding']);
export type Task = z.infer<typeof taskSchema>;

/** The five deadlines of a model call, in milliseconds. */
export const deadlinesSchema = z.strictObject({
  /** TCP (and TLS) connection. */
  connectMs: millis(60_000).default(1_000),
  /** From the request's last byte to the reply's status line. */
  headersMs: millis(600_000).optional(),
  /** From the request to the first token, time in the worker's queue included. */
  firstTokenMs: millis(3_600_000).default(120_000),
  /** Between two signs of life of a stream. Our workers send a comment at least every second while the engine moves. */
  betweenTokensMs: millis(600_000).optional(),
  /** The whole answer. */
  totalMs: millis(86_400_000).default(3_600_000),
});
export type Deadlines = { [K in keyof Required<z.infer<typeof deadlinesSchema>>]: number };

/** Knobs of the simulated engine, which makes deterministic nonsense at a chosen speed. It is for tests and planning. */
export const simulatedEngineSchema = z.strictObject({
  prefillTokensPerSecond: z.number().positive().max(10_000_000).default(20_000),
  interTokenLatencyMs: z.number().nonnegative().max(60_000).default(10),
  kvBlocks: z.int().min(1).max(10_000_000).default(4_096),
  kvBlockTokens: z.int().min(1).max(4_096).default(16),
  vocabularySize: z.int().min(512).max(1_000_000).default(32_000),
});

const engineCommon = {
  /** Context length in tokens; the model's own when absent. */
  contextTokens: z.int().min(64).max(10_000_000).optional(),
  /** Requests that generate at once (sequences of the batch). */
  maxSequences: z.int().min(1).max(4_096).optional(),
  /** Requests that may wait for a sequence; the next is refused with 429. */
  maxWaiting: z.int().min(0).max(100_000).optional(),
};

export const engineSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('llama'),
    ...engineCommon,
    /** CPU threads; 1 for models under a billion parameters, else the physical cores less one. */
    threads: z.int().min(1).max(256).optional(),
    /** Layers offloaded to a GPU; 0 keeps everything on the CPU. */
    gpuLayers: z.int().min(0).max(1_000).optional(),
  }),
  z.strictObject({ kind: z.literal('simulated'), ...engineCommon, simulated: simulatedEngineSchema.prefault({}) }),
  z.strictObject({
    kind: z.literal('openai'),
    /** More base URLs of servers that serve the same model, besides `spec.model.source`. */
    endpoints: boundedArray(z.url({ protocol: /^https?$/ }).max(2_048), 256).default([]),
    /** The secret that holds the key which the server demands. The key itself is never written in a manifest. */
    apiKeyFrom: secretSourceSchema.optional(),
    /** The name under which the server knows the model, when it is not `spec.model.name`. */
    upstreamModel: z.string().min(1).max(255).optional(),
    /** Requests that one server takes at once. */
    maxInFlight: z.int().min(1).max(100_000).default(256),
    /**
     * How a broken answer goes on at another server: `prefill` sends the text so far as the beginning of the
     * assistant's message (vLLM, SGLang), `replay` asks again and skips what the client has, if it is the same
     * (deterministic requests only), `none` ends the stream with an error. One that shows nothing yet is begun anew.
     */
    continuation: z.enum(['prefill', 'replay', 'none']).default('replay'),
  }),
]);
export type EngineSpec = z.infer<typeof engineSchema>;

export const modelServiceSpecSchema = z.strictObject({
  task: taskSchema.default('chat'),
  model: z.strictObject({
    /** What clients write in `model`; the object's name when absent. With a folder of models each file names its own. */
    name: modelNameSchema.optional(),
    aliases: boundedArray(modelNameSchema, 32).default([]),
    /**
     * `demo:chat` or `demo:embedding` (shipped), the path of a GGUF file or of a folder of them (relative to the
     * manifest), `simulated:` or the base URL of an OpenAI-compatible server (`http://host:8000/v1`).
     */
    source: z.string().min(1).max(4_096),
  }),
  /** Chosen from the source when absent. */
  engine: engineSchema.optional(),
  replicas: z.int().min(0).max(256).default(1),
  deadlines: deadlinesSchema.prefault({}),
  rollout: z
    .strictObject({
      /** How long a replica may take from its start to being ready. */
      startTimeoutMs: millis(3_600_000).default(120_000),
      /** How long a replica may take to finish what it has begun before its streams are moved. */
      drainTimeoutMs: millis(3_600_000).default(30_000),
    })
    .prefault({}),
});
export type ModelServiceSpec = z.infer<typeof modelServiceSpecSchema>;

export const metadataSchema = z.strictObject({
  name: nameSchema,
  namespace: nameSchema.optional(),
  labels: boundedRecord(z.string().max(317), z.string().max(63), 256).optional(),
  annotations: boundedRecord(z.string().max(317), z.string().max(262_144), 256).optional(),
});

export const modelServiceSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('ModelService'),
  metadata: metadataSchema,
  spec: modelServiceSpecSchema,
});
/** A ModelService as read, with every default filled in. */
export type ModelService = z.infer<typeof modelServiceSchema>;
/** A ModelService as a person writes it. */
export type ModelServiceInput = z.input<typeof modelServiceSchema>;

/** Every kind that a manifest may hold. */
export const kinds = { ModelService: modelServiceSchema } as const;
