import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../host/run-command.ts';
import { buildah, buildahInNamespace, buildahPolicy, buildahProgram, buildahVariables } from '../parts/buildah.ts';
import { nodeBase, nodeImage, nodeImageFile } from '../parts/node-image.ts';
import { installPart } from '../parts/part.ts';

const buildLimitMs = 20 * 60_000;

/** The image of the product, as the tests' pods name it. */
export const productImage = 'kumiki.test/kumiki:1';

export interface ImageBuilder {
  /** Runs buildah in its own storage. */
  run(args: readonly string[]): Promise<string>;
  /** Builds an image. */
  build(args: readonly string[]): Promise<void>;
}

/** @param folder where images are stored; the caller removes it after `removeAll`. */
function createImageBuilder(folder: string): ImageBuilder {
  const place = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run'), '--storage-driver', 'overlay'];
  return {
    run: (args) =>
      runCommand(buildahProgram(), [...place, ...args], {
        cwd: folder,
        env: { ...process.env, ...buildahVariables() },
      }),
    async build(args) {
      const [command = '', ...all] = buildahInNamespace([...place, 'build', ...args]);
      await runCommand(command, all, { limitMs: buildLimitMs, cwd: folder });
    },
  };
}

/** Builds deploy/Containerfile on a base that is made from Debian's packages, since no registry of images is needed for tests. */
export async function buildProduct(
  folder: string,
  repository: string,
  say: (line: string) => void,
): Promise<ImageBuilder> {
  for (const part of [buildah, nodeBase]) await installPart(part, say);
  mkdirSync(folder, { recursive: true });
  const builder = createImageBuilder(folder);
  // Where the machine has no policy of its own about whose images are believed: that of the package.
  const policy = ['--signature-policy', buildahPolicy()];
  await builder.run(['pull', ...policy, `oci-archive:${nodeImageFile()}`]);
  const storage = ['--isolation', 'chroot', '--layers=false', '--pull-never'];
  const file = join(repository, 'deploy/Containerfile');
  const ignored = ['--ignorefile', `${file}.containerignore`];
  const base = ['--build-arg', `NODE_IMAGE=${nodeImage}`, '--timestamp', '0'];
  await builder.build([...policy, ...storage, ...ignored, ...base, '--file', file, '--tag', productImage, repository]);
  return builder;
}
