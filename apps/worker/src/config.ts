import { engineSchema, modelNameSchema, taskSchema, type EngineSpec } from '@kumiki/api';
import { ConfigError, readConfig, readToken } from '@kumiki/service';
import { z } from 'zod';
import { simulatedSource } from './engine/create-engine.ts';

const millis = z.coerce.number().int().min(1).max(3_600_000);

const schema = z.strictObject({
  /** What clients write in `model`. */
  KUMIKI_MODEL_NAME: modelNameSchema,
  /** Absolute path of a GGUF file, or `simulated:`. */
  KUMIKI_MODEL_SOURCE: z.string().min(1).max(4_096),
  KUMIKI_TASK: taskSchema.default('chat'),
  /** JSON of `spec.engine` of a manifest; chosen from the source when absent. */
  KUMIKI_ENGINE: z.string().max(65_536).optional(),
  KUMIKI_LISTEN_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 takes any free port. */
  KUMIKI_LISTEN_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** `/health`, `/livez` and `/readyz`, answered by a thread of their own. */
  KUMIKI_OPS_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 takes any free port. */
  KUMIKI_OPS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /**
   * A file with what requests carry as `authorization: Bearer …`, read once; `-` is standard input. A file, since other
   * processes of the machine can read environments and arguments.
   */
  KUMIKI_WORKER_TOKEN_FILE: z
    .string('is missing: name a file with a token of at least 16 characters, or - for standard input')
    .min(1),
  KUMIKI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** How long the engine may stand still while requests run. */
  KUMIKI_STALL_MS: millis.default(10_000),
  /** How long running requests may take to end after SIGTERM. */
  KUMIKI_DRAIN_MS: millis.default(30_000),
  /** `1` lets `POST /simulated/faults` break the simulated engine. */
  KUMIKI_SIMULATED_FAULTS: z.enum(['0', '1']).default('0'),
});

export interface WorkerConfig extends Omit<z.infer<typeof schema>, 'KUMIKI_ENGINE'> {
  readonly engine: EngineSpec;
  readonly token: string;
}

/** Throws ConfigError. */
export function readWorkerConfig(): WorkerConfig {
  const { KUMIKI_ENGINE: engine, ...settings } = readConfig(schema, process.env, 'KUMIKI_');
  const file = settings.KUMIKI_WORKER_TOKEN_FILE;
  return {
    ...settings,
    engine: readEngine(engine, settings.KUMIKI_MODEL_SOURCE),
    token: readToken('KUMIKI_WORKER_TOKEN_FILE', file === '-' ? 0 : file),
  };
}

function readEngine(text: string | undefined, source: string): EngineSpec {
  const isSimulated = source === simulatedSource;
  let value: unknown = { kind: isSimulated ? 'simulated' : 'llama' };
  if (text !== undefined) {
    try {
      value = JSON.parse(text);
    } catch {
      throw new ConfigError(['KUMIKI_ENGINE: is not valid JSON.']);
    }
  }
  const result = engineSchema.safeParse(value);
  if (!result.success) {
    throw new ConfigError(
      result.error.issues.map((issue) => `KUMIKI_ENGINE: ${issue.path.join('.')}: ${issue.message}`),
    );
  }
  if ((result.data.kind === 'simulated') !== isSimulated) {
    throw new ConfigError([`KUMIKI_ENGINE: kind ${result.data.kind} does not go with the source ${source}.`]);
  }
  return result.data;
}
