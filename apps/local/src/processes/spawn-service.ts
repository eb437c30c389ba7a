import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type End, exited, notStarted, signalled } from '@kumiki/policy';
import { inheritedEnvironment } from '@kumiki/service';
import { z } from 'zod';

const port = z.int().min(1).max(65_535).nullable();
const maxReasonCharacters = 10_000;

/** What the process of a service tells its parent. */
const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('listening'), port, opsPort: port, controlPort: port }),
  z.object({ type: z.literal('failed'), reason: z.string().max(maxReasonCharacters), unavailable: z.boolean() }),
]);
export type ServiceMessage = z.infer<typeof messageSchema>;

/** A service as a program: the file that a container would run, and its settings. */
export interface ServiceProgram {
  readonly entry: URL;
  /** Flags of Node that bound the memory which it takes before it needs it. */
  readonly nodeFlags: readonly string[];
  /** Its `KUMIKI_*` variables. Secrets are in files that these name. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface ServiceEvents {
  message(message: ServiceMessage): void;
  output(data: Buffer): void;
  /** Once, when the process is gone or could not be started. */
  end(end: End): void;
}

export interface ServiceHandle {
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
}

/**
 * Starts a service as a process of its own. It ends by itself when this process does, however that was: the channel between
 * them closes then.
 * @param cacheFolder for what Node makes of our TypeScript, which is half of a start.
 */
export function spawnService(
  program: ServiceProgram,
  cacheFolder: string,
  events: ServiceEvents,
): ServiceHandle | null {
  const child = spawn(process.execPath, [...program.nodeFlags, fileURLToPath(program.entry)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C on the terminal is for us, and services end in their order.
    detached: process.platform !== 'win32',
    env: {
      ...inheritedEnvironment(),
      // One pool of memory for all threads: glibc would keep one for each, full of what it has freed.
      MALLOC_ARENA_MAX: '1',
      NODE_COMPILE_CACHE: cacheFolder,
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
