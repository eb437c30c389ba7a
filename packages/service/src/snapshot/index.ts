export { maxSnapshotBytes, readSnapshot, type SnapshotFile } from './read-snapshot.ts';
export { type SnapshotWatch, watchSnapshot } from './watch-snapshot.ts';
export { createSnapshotWriter } from './write-snapshot.ts';
export { type FileWatch, watchFiles } from './watch-files.ts';
