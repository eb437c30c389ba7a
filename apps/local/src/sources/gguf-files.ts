import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ModelAccess } from './model-access.ts';

/** Most files of one folder that are read. */
const maxFolderFiles = 4_096;

/** A model on disk: one file, or the first part of a split one. */
export interface GgufModel {
  /** The file name in lower case, without extension and part number. */
  readonly name: string;
  /** The file that the engine opens. */
  readonly path: string;
  /** Total bytes of all parts. */
  readonly bytes: number;
  /** Changes when the size or time of any part changes. */
  readonly identity: string;
}

export type GgufResult =
  | { readonly ok: true; readonly isFolder: boolean; readonly models: readonly GgufModel[] }
  | { readonly ok: false; readonly reason: string };

const partPattern = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;

/**
 * The models at a path: one for a GGUF file, or one for each file in a folder.
 * @param mayRead called before any file is read, since a link may lead elsewhere.
 */
export async function findGgufModels(path: string, mayRead: ModelAccess): Promise<GgufResult> {
  const refusal = await mayRead(path);
  if (refusal !== null) return refuse(refusal);
  const found = await stat(path).catch((error: unknown) => error as NodeJS.ErrnoException);
  if (found instanceof Error) {
    return refuse(found.code === 'ENOENT' ? `there is no file or folder ${path}` : `${path}: ${found.message}`);
  }
  if (!found.isDirectory() && !found.isFile()) return refuse(`${path} is no file and no folder`);
  if (!found.isDirectory()) return inspect([path], dirname(path), false, mayRead);
  const files = (await readdir(path)).filter((file) => file.toLowerCase().endsWith('.gguf')).toSorted();
  if (files.length === 0) return refuse(`the folder ${path} holds no .gguf file`);
  if (files.length > maxFolderFiles) {
    return refuse(`the folder ${path} holds ${files.length} models; at most ${maxFolderFiles} are served from one`);
  }
  const first = files.filter((file) => (partPattern.exec(file)?.[2] ?? '00001') === '00001');
  if (first.length === 0) return refuse(`the folder ${path} holds later parts of a split model and no first one`);
  return inspect(
    first.map((file) => join(path, file)),
    path,
    true,
    mayRead,
  );
}

async function inspect(
  paths: readonly string[],
  folder: string,
  isFolder: boolean,
  mayRead: ModelAccess,
): Promise<GgufResult> {
  const models: GgufModel[] = [];
  for (const path of paths) {
    const parts = partsOf(path).map((file) => join(folder, file));
    let bytes = 0;
    const identity: string[] = [];
    for (const part of parts) {
      const problem = (await mayRead(part)) ?? (await checkMagic(part));
      if (problem !== null) return refuse(problem);
      const { size, mtimeMs } = await stat(part);
      bytes += size;
      identity.push(`${size}@${Math.trunc(mtimeMs)}`);
    }
    models.push({ name: modelName(path), path, bytes, identity: identity.join('+') });
  }
  const names = new Map<string, string>();
  for (const { name, path } of models) {
    const other = names.get(name);
    if (other !== undefined) return refuse(`${path} and ${other} would both be the model '${name}'; rename one`);
    names.set(name, path);
  }
  return { ok: true, isFolder, models: models.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** All part files of a model, from its first. */
function partsOf(path: string): string[] {
  const match = partPattern.exec(basename(path));
  if (match === null) return [basename(path)];
  const [, name = '', , count = '1'] = match;
  const ending = basename(path).slice(-5);
  return Array.from({ length: Math.min(Number(count), 99_999) }, (_, at) => {
    return `${name}-${String(at + 1).padStart(5, '0')}-of-${count}${ending}`;
  });
}

/** A file name as a model name: lower case, without characters that model names may not have. */
function modelName(path: string): string {
  const stem = partPattern.exec(basename(path))?.[1] ?? basename(path).slice(0, -'.gguf'.length);
  const name = stem.toLowerCase().replaceAll(/[^a-z0-9._:@-]+/g, '-');
  // From the first letter or digit to the last.
  return /[a-z0-9](?:.*[a-z0-9])?/.exec(name)?.[0].slice(0, 255) ?? 'model';
}

async function checkMagic(path: string): Promise<string | null> {
  try {
    const file = await open(path);
    try {
      if (!(await file.stat()).isFile()) return `${path} is no file`;
      const head = Buffer.alloc(4);
      await file.read(head, 0, 4, 0);
      return head.toString('latin1') === 'GGUF' ? null : `${path} is not a GGUF file: it does not begin with 'GGUF'`;
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `there is no file ${path}` : `${path}: ${message}`;
  }
}

function refuse(reason: string): GgufResult {
  return { ok: false, reason };
}
