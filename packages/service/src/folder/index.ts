/** Exclusive use of a folder by one process: its lock, the lock's holder, atomic files and checked state files. */
export * from './atomic-file.ts';
export { describeImpossible, describeRunning } from './describe-lock.ts';
export { acquireLock, findRunning, type LockResult, type Running } from './lock.ts';
export { lockFiles } from './lock-holder.ts';
export { isRunning } from './process-identity.ts';
export {
  encodeState,
  readPlainFile,
  readStateFile,
  refuseStart,
  type StateKind,
  type StateRead,
} from './state-file.ts';
export { createStateWriter } from './state-writer.ts';
export { fullDiskError, storing } from './storage-error.ts';
