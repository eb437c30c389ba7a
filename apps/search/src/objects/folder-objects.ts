import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { blockBytes, checkObjectId, type ObjectStore } from './object-store.ts';

const partEnding = '.part';

/** Objects as files of a folder, for one machine. An unfinished file has a temporary name, so that it is never read. */
export function createFolderObjects(folder: string): ObjectStore {
  const pathOf = (id: string): string => join(folder, checkObjectId(id));
  return {
    async write(id, source) {
      await mkdir(folder, { recursive: true });
      const path = pathOf(id);
      const file = await open(`${path}${partEnding}`, 'w', 0o600);
      try {
        for await (const piece of source) await file.writeFile(piece);
        await file.sync();
      } catch (error) {
        await file.close();
        await rm(`${path}${partEnding}`, { force: true });
        throw error;
      }
      await file.close();
      await rename(`${path}${partEnding}`, path);
    },
    read: (id) => createReadStream(pathOf(id), { highWaterMark: blockBytes }),
    async remove(id) {
      await rm(pathOf(id), { force: true });
      await rm(`${pathOf(id)}${partEnding}`, { force: true });
    },
    async listOlderThan(ageMs) {
      const names = await readdir(folder).catch(() => []);
      const old: string[] = [];
      for (const name of names) {
        const found = await stat(join(folder, name)).catch(() => null);
        const id = name.endsWith(partEnding) ? name.slice(0, -partEnding.length) : name;
        if (found !== null && Date.now() - found.mtimeMs > ageMs) old.push(id);
      }
      return old;
    },
  };
}
