import { fsyncSync } from 'node:fs';
import { join, sep } from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import type { GroupSync } from './group-sync.ts';

/** The parts of Emscripten's file system that are used here. */
interface OpenFile {
  readonly node: unknown;
  /** The file's descriptor. */
  readonly nfd?: number;
  /** Added here: its path on the host. */
  realPath?: string;
}
type Write = (file: OpenFile, bytes: Int8Array | Uint8Array, offset: number, length: number, at: number) => number;
interface NodeFiles {
  realPath(node: unknown): string;
  readonly stream_ops: { write: Write; fsync?: (file: OpenFile) => number };
}

/** Bytes of a page's LSN: the position up to which the log must be on disk before the page is written. */
const lsnBytes = 8;

/**
 * The folder of an embedded database whose writes reach the disk in PostgreSQL's order. The engine's own file system
 * ignores `fsync`; this one implements it. Only the log's `fsync` is left to `log`, since it would block the engine's
 * whole thread: a commit is acknowledged when the log has settled. No page is written before its log records are on
 * disk (write-ahead logging), so the database survives a power cut at any moment.
 */
export function durableFolder(folder: string, log: GroupSync): NodeFS {
  const files = new NodeFS(folder);
  const init = files.init.bind(files);
  const logFolder = join(folder, 'pg_wal') + sep;
  files.init = async (database, options) => {
    const ready = await init(database, options);
    const { preRun = [] } = ready.emscriptenOpts;
    const steps = Array.isArray(preRun) ? preRun : [preRun];
    ready.emscriptenOpts.preRun = [
      ...steps,
      (module) => addOrder(module.FS.filesystems['NODEFS'] as NodeFiles, logFolder, log),
    ];
    return ready;
  };
  return files;
}

function addOrder(files: NodeFiles, logFolder: string, log: GroupSync): void {
  const operations = files.stream_ops;
  const write = operations.write.bind(operations);
  const pathOf = (file: OpenFile): string => (file.realPath ??= files.realPath(file.node));
  operations.write = (file, bytes, offset, length, at) => {
    const path = pathOf(file);
    if (path.startsWith(logFolder)) log.wrote(path);
    else if (log.isDirty() && !isBlank(bytes, offset)) log.settleNow();
    return write(file, bytes, offset, length, at);
  };
  operations.fsync = (file) => {
    if (!pathOf(file).startsWith(logFolder) && log.isDirty()) log.settleNow();
    if (file.nfd !== undefined) fsyncSync(file.nfd);
    return 0;
  };
}

/** A page that was never changed; tables grow by such pages. */
function isBlank(bytes: Int8Array | Uint8Array, offset: number): boolean {
  for (let at = 0; at < lsnBytes; at++) if (bytes[offset + at] !== 0) return false;
  return true;
}
