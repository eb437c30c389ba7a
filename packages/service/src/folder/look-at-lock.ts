import { isOsLocked } from './os-lock.ts';

/** The body of a process that looks at the lock of another one, and says what it sees. */
process.stdout.write(isOsLocked(process.argv[2] ?? '') ? 'locked' : 'free');
