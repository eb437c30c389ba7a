import { engineSchema, modelNameSchema, taskSchema, type EngineSpec } from '@kumiki/api';
import { ConfigError, listenerSettings, readConfig, readToken } from '@kumiki/service';
import { z } from 'zod';
import { simulatedSource } from './create-engine.ts';

const millis = z.coerce.number().int().min(1).max(3_600_000);

/** What this program takes from its environment. */
export const workerSettings = z.strictObject({
  KUMIKI_MODEL_NAME: modelNameSchema.describe('What clients write in `model`.'),
  KUMIKI_MODEL_SOURCE: z.string().min(1).max(4_096).describe('Absolute path of a GGUF file, or `simulated:`.'),
  KUMIKI_TASK: taskSchema.default('chat').describe('What the model does.'),
  KUMIKI_ENGINE: z
    .string()
    .max(65_536)
    .optional()
    .describe('JSON of `spec.engine` of a manifest; chosen from the source when absent.'),
  ...listenerSettings(0),
  KUMIKI_WORKER_TOKEN_FILE: z
    .string('is missing: name a file with a token of at least 16 characters, or - for standard input')
    .min(1)
    .describe(
      'A file with what requests carry as `authorization: Bearer …`, read once; `-` is standard input. A file, since other processes of the machine can read environments and arguments.',
    ),
  KUMIKI_STALL_MS: millis.default(10_000).describe('How long the engine may stand still while requests run.'),
  KUMIKI_SIMULATED_FAULTS: z
    .enum(['0', '1'])
    .default('0')
    .describe('`1` lets `POST /simulated/faults` break the simulated engine.'),
});

export interface WorkerConfig extends Omit<z.infer<typeof workerSettings>, 'KUMIKI_ENGINE'> {
  readonly engine: EngineSpec;
  readonly token: string;
}

/** Throws ConfigError. */
export function readWorkerConfig(): WorkerConfig {
  const { KUMIKI_ENGINE: engine, ...settings } = readConfig(workerSettings, process.env, 'KUMIKI_');
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
