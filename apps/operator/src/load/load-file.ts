import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

export interface LoadOptions {
  readonly url: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly file: string;
  readonly say: (line: string) => void;
  readonly retryMs?: number;
  readonly silenceMs?: number;
}

/** Tries without a byte more; one that brings bytes resets the count. */
const maxEmptyTries = 8;
const defaultRetryMs = 1_000;
const maxRetryMs = 30_000;
/** A server that sends nothing for this time is asked again, from where it stopped. */
const defaultSilenceMs = 30_000;

export type Loaded = { readonly ok: true; readonly bytes: number } | { readonly ok: false; readonly reason: string };

/**
 * Loads a file, going on where a try broke off, also one of a container before this one. The file has its name only once
 * its digest is right.
 */
export async function loadFile({ url, digest, file, say, ...limits }: LoadOptions): Promise<Loaded> {
  const { retryMs = defaultRetryMs, silenceMs = defaultSilenceMs } = limits;
  const part = `${file}.part`;
  if (existsSync(file) && (await digestOf(file)) === digest) return { ok: true, bytes: (await stat(file)).size };
  let emptyTries = 0;
  for (;;) {
    const before = await sizeOf(part);
    const result = await tryOnce(url, part, before, silenceMs);
    if (result === 'whole') break;
    if (result.final) return { ok: false, reason: result.reason };
    emptyTries = (await sizeOf(part)) > before ? 0 : emptyTries + 1;
    if (emptyTries >= maxEmptyTries) return { ok: false, reason: result.reason };
    say(`${result.reason}; goes on at byte ${await sizeOf(part)}`);
    await wait(Math.min(maxRetryMs, retryMs * 2 ** emptyTries));
  }
  const found = await digestOf(part);
  if (found !== digest) {
    await rm(part);
    return { ok: false, reason: `the file has the digest ${found}; spec.model.digest says ${digest}` };
  }
  await rename(part, file);
  return { ok: true, bytes: await sizeOf(file) };
}

type Try = 'whole' | { readonly final: boolean; readonly reason: string };

async function tryOnce(url: string, part: string, from: number, silenceMs: number): Promise<Try> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), silenceMs);
  try {
    const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
    const response = await fetch(url, { headers, signal: silence.signal });
    // All of it is there already: the length of the file is the one of the part.
    if (response.status === 416 && from > 0) return 'whole';
    if (!response.ok || response.body === null) {
      const final =
        response.status >= 400 && response.status < 500 && response.status !== 408 && response.status !== 429;
      return { final, reason: `the server answered with ${response.status}` };
    }
    const target = await open(part, response.status === 206 ? 'a' : 'w');
    try {
      for await (const chunk of response.body) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), silenceMs);
        await target.write(chunk);
      }
    } finally {
      await target.close();
    }
    return 'whole';
  } catch (error) {
    return { final: false, reason: silence.signal.aborted ? 'the server fell silent' : messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function sizeOf(file: string): Promise<number> {
  return existsSync(file) ? (await stat(file)).size : 0;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
