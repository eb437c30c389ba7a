/** One folder, one process: its lock, who holds it, and files that are written whole or not at all. */
export * from './atomic-file.ts';
export { describeImpossible, describeRunning } from './describe-lock.ts';
export { acquireLock, findRunning, type LockResult, type Running } from './lock.ts';
export { isRunning } from './process-identity.ts';
