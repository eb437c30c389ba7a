import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ModelService } from '@kumiki/api';
import { withAbsolutePaths } from '@kumiki/local';
import { formatProblem, readManifests } from '@kumiki/manifest';
import { CliError } from '../host/cli-error.ts';

/**
 * The objects of manifest files, their paths absolute. `-` is standard input, whose paths count from the current
 * folder. Throws CliError with every problem of every file, one line each.
 */
export function loadManifests(paths: readonly string[]): ModelService[] {
  const result = readManifests(paths.map((path) => ({ file: path, text: readManifestText(path) })));
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

function readManifestText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    throw new CliError(`The manifest ${path} ${why}. Give the path of a YAML or JSON file.`);
  }
}
