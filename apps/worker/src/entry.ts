/** The file that runs a worker as a process; see config.ts for its environment. Imports nothing. */
export const workerEntry = new URL('./main.ts', import.meta.url);
