import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ModelService } from '@kumiki/api';
import { withAbsolutePaths } from '@kumiki/local';
import { formatProblem, readManifests } from '@kumiki/manifest';
import { CliError } from '../host/cli-error.ts';

/**
 * The objects of manifest files, their paths absolute. `-` is standard input, whose paths are relative to the current
 * folder. Throws CliError with every problem of every file, one line each.
 */
export async function loadManifests(paths: readonly string[]): Promise<ModelService[]> {
  const files: { file: string; text: string }[] = [];
  // One after the other: standard input can be read once.
  for (const path of paths) files.push({ file: path, text: await readManifestText(path) });
  const result = readManifests(files);
  if (!result.ok) {
    const { problems } = result;
    const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`;
    throw new CliError(
      `${count} in what is to be applied; nothing was changed.\n${problems.map(formatProblem).join('\n')}`,
    );
  }
  return result.services.map(({ file, service }) =>
    withAbsolutePaths(service, file === '-' ? process.cwd() : dirname(resolve(file))),
  );
}

async function readManifestText(path: string): Promise<string> {
  if (path === '-') return readStandardInput();
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    throw new CliError(`The manifest ${path} ${why}. Give the path of a YAML or JSON file.`);
  }
}

/** Many more manifests than one call of the API takes. */
const maxInputBytes = 16_777_216;

/** Read as it comes: a pipe whose writer is slow has nothing yet, which is no end. */
async function readStandardInput(): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes > maxInputBytes)
      throw new CliError(`The manifests on standard input have more than ${maxInputBytes} bytes.`);
  }
  return Buffer.concat(parts).toString('utf8');
}
