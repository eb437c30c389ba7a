/** Most files of one drop: as many as a store accepts in one batch. */
const maxFiles = 2_000;
/** Files that no one means when a folder is dropped. */
const hidden = /^(?:\.|Thumbs\.db$)/;

/** The files of a drop, those in folders included. */
export async function readDropped(transfer: DataTransfer): Promise<File[]> {
  // Entries are gone once the event has passed, so they are all taken first.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...transfer.files];
  const files: File[] = [];
  for (const entry of entries) await gather(entry, files);
  return files;
}

async function gather(entry: FileSystemEntry, files: File[]): Promise<void> {
  if (files.length >= maxFiles) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    files.push(file);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return;
    for (const child of some) if (!hidden.test(child.name)) await gather(child, files);
  }
}
