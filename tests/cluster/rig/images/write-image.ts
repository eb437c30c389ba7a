import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runCommand } from '../host/run-command.ts';

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
/** A layer of a gigabyte is written within seconds. */
const packLimitMs = 300_000;

export interface ImageSpec {
  /** As a pod names it: `kumiki.test/busybox:1`. */
  readonly name: string;
  /** Folders that become layers, the lowest first. */
  readonly layers: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly string[];
  /** `uid` or `uid:gid`; root when left out. */
  readonly user?: string;
  readonly workingFolder?: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

const type = (name: string): string => `application/vnd.oci.image.${name}`;

/**
 * Writes images into one archive in the OCI layout, which containerd and every registry tool import. The same folders
 * give the same bytes: times and owners of files are left out.
 * @param work an empty folder on the same disk; it is removed.
 */
export async function writeImageArchive(images: readonly ImageSpec[], file: string, work: string): Promise<void> {
  const blobs = join(work, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const written = new Map<string, Descriptor>();
  const manifests: Descriptor[] = [];
  for (const image of images) {
    for (const folder of image.layers)
      if (!written.has(folder)) written.set(folder, await writeLayer(folder, work, blobs));
    const layers = image.layers.flatMap((folder) => written.get(folder) ?? []);
    manifests.push(writeManifest(image, layers, blobs));
  }
  writeFileSync(join(work, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(work, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: type('index.v1+json'), manifests }),
  );
  await pack(work, ['oci-layout', 'index.json', 'blobs'], `${file}.part`);
  renameSync(`${file}.part`, file);
  rmSync(work, { recursive: true });
}

async function writeLayer(folder: string, work: string, blobs: string): Promise<Descriptor> {
  const layer = join(work, 'layer.tar');
  await pack(folder, ['.'], layer);
  const hash = createHash('sha256');
  await pipeline(createReadStream(layer), hash);
  const hex = hash.digest('hex');
  renameSync(layer, join(blobs, hex));
  return {
    mediaType: type('layer.v1.tar'),
    digest: `sha256:${hex}`,
    size: statSync(join(blobs, hex)).size,
  };
}

function writeManifest(image: ImageSpec, layers: readonly Descriptor[], blobs: string): Descriptor {
  const architecture = architectures[process.arch];
  if (architecture === undefined) throw new Error(`images are written for x64 and arm64, not for ${process.arch}`);
  const config = writeJson(blobs, type('config.v1+json'), {
    architecture,
    os: 'linux',
    config: {
      Entrypoint: image.entrypoint,
      Cmd: image.command ?? [],
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...(image.env ?? [])],
      WorkingDir: image.workingFolder ?? '/',
      ...(image.user === undefined ? {} : { User: image.user }),
    },
    // A layer that is not compressed has the same digest packed and unpacked.
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  });
  const manifest = writeJson(blobs, type('manifest.v1+json'), {
    schemaVersion: 2,
    mediaType: type('manifest.v1+json'),
    config,
    layers,
  });
  return {
    ...manifest,
    annotations: {
      'io.containerd.image.name': image.name,
      'org.opencontainers.image.ref.name': image.name.split(':').at(-1) ?? 'latest',
    },
  };
}

function writeJson(blobs: string, mediaType: string, value: object): Descriptor {
  const text = Buffer.from(JSON.stringify(value));
  const hex = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(blobs, hex), text);
  return { mediaType, digest: `sha256:${hex}`, size: text.length };
}

async function pack(folder: string, names: readonly string[], file: string): Promise<void> {
  const settled = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=posix'];
  // GNU tar puts access and change times into POSIX archives unless it is told not to.
  const plain = ['--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'];
  await runCommand('tar', ['-C', folder, ...settled, ...plain, '-cf', file, ...names], { limitMs: packLimitMs });
}
