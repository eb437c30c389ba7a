import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { type Encoding, encodings } from './choose-encoding.ts';

/** A built console is some hundred files of a few MiB; much more is another folder. */
const maxFiles = 2_000;
const maxTotalBytes = 67_108_864;

export interface AssetBody {
  readonly bytes: Buffer;
  /** Strong: each encoding has its own. */
  readonly etag: string;
}

/** One file of the console, whole and in each encoding that it was built in. */
export interface Asset {
  readonly contentType: string;
  /** Its name holds a hash of its content: under that name it never changes. */
  readonly isImmutable: boolean;
  readonly plain: AssetBody;
  readonly encoded: ReadonlyMap<Encoding, AssetBody>;
}

/** By the path in the URL. No other path is served. */
export type Assets = ReadonlyMap<string, Asset>;

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const endings: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' };

/**
 * Reads a built console into memory: it is small, and a build that runs meanwhile cannot mix two of them. Empty when
 * there is no such folder. Throws when it is too large.
 */
export async function loadAssets(folder: string): Promise<Assets> {
  const files = await readFolder(folder);
  const assets = new Map<string, Asset>();
  for (const [path, bytes] of files) {
    const contentType = contentTypes[extname(path)];
    if (contentType === undefined) continue;
    const encoded = new Map<Encoding, AssetBody>();
    for (const encoding of encodings) {
      const packed = files.get(path + endings[encoding]);
      if (packed !== undefined && packed.length < bytes.length) encoded.set(encoding, bodyOf(packed));
    }
    assets.set(path, { contentType, isImmutable: path.startsWith('/assets/'), plain: bodyOf(bytes), encoded });
  }
  return assets;
}

async function readFolder(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  if ((await stat(folder).catch(() => null)) === null) return files;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let total = 0;
  for (const entry of entries) {
    // A link could lead out of the folder.
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    total += bytes.length;
    if (files.size >= maxFiles || total > maxTotalBytes) throw new Error(`${folder} is too large for a console`);
    files.set(`/${relative(folder, file).split(sep).join('/')}`, bytes);
  }
  return files;
}

function bodyOf(bytes: Buffer): AssetBody {
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"` };
}
