import { isOsLocked } from './os-lock.ts';

/** Program that checks the lock of another process and prints the result. */
process.stdout.write(isOsLocked(process.argv[2] ?? '') ? 'locked' : 'free');
