import { z } from 'zod';
import { boundedArray, boundedRecord } from '../wire/bounded.ts';
import { containerEngineSchema } from './container-engine.ts';
import { apiVersion } from './labels.ts';
import { podSettingsSchema } from './pod-settings.ts';
import { secretSourceSchema } from './secrets.ts';
import { brokenRules } from './spec-rules.ts';

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

/** The five deadlines of a model call. */
export const deadlinesSchema = z
  .strictObject({
    connectMs: millis(60_000).default(1_000).describe('From the start of a TCP (and TLS) connection to its end.'),
    headersMs: millis(600_000).optional().describe("From the request's last byte to the reply's status line."),
    firstTokenMs: millis(3_600_000)
      .default(120_000)
      .describe("From the request to the first token, time in the worker's queue included."),
    betweenTokensMs: millis(600_000)
      .optional()
      .describe(
        "Between two signs of life of a stream. Kumiki's own workers send a comment at least every second while the engine moves.",
      ),
    totalMs: millis(86_400_000).default(3_600_000).describe('From the request to the end of the answer.'),
  })
  .describe('How long each part of a model call may take.');

/** The same with none left open. */
export const completeDeadlinesSchema = deadlinesSchema.required();
export type Deadlines = z.infer<typeof completeDeadlinesSchema>;

/**
 * Parameters of the simulated engine, which generates deterministic nonsense at a chosen speed, for tests and capacity
 * planning.
 */
export const simulatedEngineSchema = z
  .strictObject({
    prefillTokensPerSecond: z
      .number()
      .positive()
      .max(10_000_000)
      .default(20_000)
      .describe('Prompt tokens that are read in a second, of all requests together.'),
    interTokenLatencyMs: z
      .number()
      .nonnegative()
      .max(60_000)
      .default(10)
      .describe('Time between two tokens of an answer.'),
    kvBlocks: z.int().min(1).max(10_000_000).default(4_096).describe('Blocks of the KV cache.'),
    kvBlockTokens: z.int().min(1).max(4_096).default(16).describe('Tokens that one block of the KV cache holds.'),
    vocabularySize: z.int().min(512).max(1_000_000).default(32_000).describe('Different tokens.'),
  })
  .describe('How the simulated engine behaves.');

const engineCommon = {
  contextTokens: z
    .int()
    .min(64)
    .max(10_000_000)
    .optional()
    .describe("Context length in tokens; the model's own when absent."),
  maxSequences: z
    .int()
    .min(1)
    .max(4_096)
    .optional()
    .describe('Requests that generate at once (sequences of the batch).'),
  maxWaiting: z
    .int()
    .min(0)
    .max(100_000)
    .optional()
    .describe('Requests that may wait for a sequence; the next is refused with 429.'),
};

export const engineSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('llama'),
        ...engineCommon,
        threads: z
          .int()
          .min(1)
          .max(256)
          .optional()
          .describe(
            'CPU threads; when absent 1 for models under a billion parameters, else the physical cores less one.',
          ),
        gpuLayers: z
          .int()
          .min(0)
          .max(1_000)
          .optional()
          .describe('Layers offloaded to a GPU; 0 keeps everything on the CPU.'),
      })
      .describe('llama.cpp in a worker: for GGUF files.'),
    z
      .strictObject({ kind: z.literal('simulated'), ...engineCommon, simulated: simulatedEngineSchema.prefault({}) })
      .describe('Deterministic nonsense at a chosen speed, for tests and planning.'),
    z
      .strictObject({
        kind: z.literal('openai'),
        endpoints: boundedArray(z.url({ protocol: /^https?$/ }).max(2_048), 256)
          .default([])
          .describe('More base URLs of servers that serve the same model, besides `spec.model.source`.'),
        apiKeyFrom: secretSourceSchema
          .optional()
          .describe(
            'The secret that holds the key which the server demands. The key itself is never written in a manifest.',
          ),
        upstreamModel: z
          .string()
          .min(1)
          .max(255)
          .optional()
          .describe('The name under which the server knows the model, when it is not `spec.model.name`.'),
        maxInFlight: z.int().min(1).max(100_000).default(256).describe('Requests that one server takes at once.'),
        continuation: z
          .enum(['prefill', 'replay', 'none'])
          .default('replay')
          .describe(
            "How a broken answer goes on at another server: `prefill` sends the text so far as the beginning of the assistant's message (vLLM, SGLang), `replay` asks again and skips what the client has, if it is the same (deterministic requests only), `none` ends the stream with an error. An answer of which the client has nothing yet begins again in any case.",
          ),
      })
      .describe('Servers outside that speak the OpenAI API.'),
    containerEngineSchema,
  ])
  .describe('What runs the model.');
export type EngineSpec = z.infer<typeof engineSchema>;

export const modelServiceSpecSchema = z
  .strictObject({
    task: taskSchema.default('chat').describe('What the model does.'),
    model: z
      .strictObject({
        name: modelNameSchema
          .optional()
          .describe(
            "What clients write in `model`; the object's name when absent. With a folder of models each file names its own.",
          ),
        aliases: boundedArray(modelNameSchema, 32).default([]).describe('Other names of the same model.'),
        source: z
          .string()
          .min(1)
          .max(4_096)
          .describe(
            '`demo:chat` or `demo:embedding` (shipped), `simulated:`, or the base URL of an OpenAI-compatible server (`http://host:8000/v1`). On one machine also the path of a GGUF file or of a folder of them, relative to the manifest. On Kubernetes also `pvc://claim/path`, `oci://registry/name:tag#file`, `https://…` with a digest, `hf://organisation/name`, and `container:` for a model that is in the image of its engine.',
          ),
        digest: z
          .string()
          .max(71)
          .regex(/^sha256:[0-9a-f]{64}$/, "must be 'sha256:' and 64 digits from 0 to f")
          .optional()
          .describe(
            'What the downloaded file is checked against; with it an `https://` source is a file, not a server.',
          ),
      })
      .describe('Which model is served, and under which names.'),
    engine: engineSchema.optional().describe('What runs the model; chosen from the source when absent.'),
    replicas: z.int().min(0).max(256).default(1).describe('How many replicas run.'),
    deadlines: deadlinesSchema.prefault({}),
    rollout: z
      .strictObject({
        startTimeoutMs: millis(3_600_000)
          .default(120_000)
          .describe('How long a replica may take from its start to being ready.'),
        drainTimeoutMs: millis(3_600_000)
          .default(30_000)
          .describe('How long a replica may take to finish what it has begun before its streams are moved.'),
      })
      .prefault({})
      .describe('How replicas are replaced.'),
    pod: podSettingsSchema.optional(),
  })
  .superRefine((spec, context) => {
    for (const { path, message } of brokenRules(spec, 'everywhere')) {
      context.addIssue({ code: 'custom', path, message, input: spec });
    }
  });
export type ModelServiceSpec = z.infer<typeof modelServiceSpecSchema>;

export const metadataSchema = z.strictObject({
  name: nameSchema.describe('The name of the object, unique in its namespace.'),
  namespace: nameSchema
    .optional()
    .describe('The namespace of the object on Kubernetes; on one machine it says nothing.'),
  labels: boundedRecord(z.string().max(317), z.string().max(63), 256).optional().describe('Labels, as on Kubernetes.'),
  annotations: boundedRecord(z.string().max(317), z.string().max(262_144), 256)
    .optional()
    .describe('Annotations, as on Kubernetes.'),
});

export const modelServiceSchema = z
  .strictObject({
    apiVersion: z.literal(apiVersion).describe('The version of the format.'),
    kind: z.literal('ModelService').describe('What the object is.'),
    metadata: metadataSchema.describe('What the object is called.'),
    spec: modelServiceSpecSchema.describe('What is wanted.'),
  })
  .describe('Serves a model: which one, by which engine, in how many replicas.');
/** A ModelService after parsing, with every default filled in. */
export type ModelService = z.infer<typeof modelServiceSchema>;
/** A ModelService as a person writes it. */
export type ModelServiceInput = z.input<typeof modelServiceSchema>;

/** Every kind that a manifest may hold. */
export const kinds = { ModelService: modelServiceSchema } as const;
