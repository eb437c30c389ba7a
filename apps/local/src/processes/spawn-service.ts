import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { changeKinds } from '@kumiki/api';
import { type End, exited, notStarted, signalled } from '@kumiki/policy';
import { inheritedEnvironment } from '@kumiki/service';
import { z } from 'zod';

const port = z.int().min(1).max(65_535).nullable();
const maxReasonCharacters = 10_000;

/** Messages of a service's process to its parent. */
const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('listening'), port, opsPort: port, controlPort: port }),
  z.object({ type: z.literal('failed'), reason: z.string().max(maxReasonCharacters), unavailable: z.boolean() }),
  z.object({
    type: z.literal('change'),
    kind: z.enum(changeKinds),
    subject: z.string().max(maxReasonCharacters),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
    by: z.string().max(maxReasonCharacters).nullable(),
  }),
]);
export type ServiceMessage = z.infer<typeof messageSchema>;

/** A service as a program: the file that a container would run as well, and its settings. */
export interface ServiceProgram {
  readonly entry: URL;
  /** Node flags that limit preallocated memory. */
  readonly nodeFlags: readonly string[];
  /** Its `KUMIKI_*` variables. Secrets are in files that they name. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface ServiceEvents {
  message(message: ServiceMessage): void;
  output(data: Buffer): void;
  /** Called once, when the process has ended or could not be started. */
  end(end: End): void;
}

export interface ServiceHandle {
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
}

/**
 * Starts a service as a child process. When this process ends in any way, their channel closes and the child ends too.
 * @param cacheFolder of Node's compile cache, where the environment names none; compiling is most of a start.
 */
export function spawnService(
  program: ServiceProgram,
  cacheFolder: string,
  events: ServiceEvents,
): ServiceHandle | null {
  const child = spawn(process.execPath, [...program.nodeFlags, fileURLToPath(program.entry)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // In a separate process group, so that Ctrl-C reaches only this process, which stops services in order.
    detached: process.platform !== 'win32',
    env: {
      NODE_COMPILE_CACHE: cacheFolder,
      ...inheritedEnvironment(),
      // One malloc arena for all threads; with one per thread glibc would hold more freed memory.
      MALLOC_ARENA_MAX: '1',
      ...program.settings,
    },
  });
  let ended = false;
  const end = (why: End): void => {
    if (ended) return;
    ended = true;
    events.end(why);
  };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', events.output);
  child.on('message', (message) => {
    const result = messageSchema.safeParse(message);
    if (result.success && !ended) events.message(result.data);
  });
  child.on('error', (error) => end(notStarted(error.message)));
  child.on('exit', (code, signal) => end(signal === null ? exited(code) : signalled(signal)));
  const { pid } = child;
  if (pid === undefined) return null;
  return { pid, signal: (name) => void child.kill(name) };
}
