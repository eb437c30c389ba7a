import { readFileSync, statSync } from 'node:fs';
import { KubeAccessError } from './kube-access.ts';

/** The largest token, certificate, key or bundle of authorities. */
const maxFileBytes = 1_048_576;
/** kubelet replaces tokens at 80 % of their hour, and certificates days before they end. */
const recheckMs = 10_000;

export interface RotatingFile {
  /** The content, at most some seconds old. Throws KubeAccessError where it was never readable. */
  read(): string;
  /** Looks at the file at the next reading. */
  reload(): void;
}

/** A file that another process replaces, such as a service account's token. */
export function createRotatingFile(path: string, monotonicMs: () => number = () => performance.now()): RotatingFile {
  let content: string | null = null;
  let readAt = -Infinity;
  return {
    read() {
      if (content !== null && monotonicMs() - readAt < recheckMs) return content;
      try {
        content = readBounded(path);
      } catch (error) {
        if (content === null) throw new KubeAccessError(`${path} cannot be read: ${String(error)}`, { cause: error });
      }
      readAt = monotonicMs();
      return content;
    },
    reload() {
      readAt = -Infinity;
    },
  };
}

/** Throws for an empty file: a writer that truncates first is still at work. */
function readBounded(path: string): string {
  const { size } = statSync(path);
  if (size > maxFileBytes) throw new KubeAccessError(`${path} has ${size} bytes; the limit is ${maxFileBytes}`);
  const content = readFileSync(path, 'utf8');
  if (content.trim() === '') throw new KubeAccessError(`${path} is empty`);
  return content;
}
