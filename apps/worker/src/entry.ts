/** The file that runs a worker as a process of its own; see config.ts for its environment. Imports nothing. */
export const workerEntry = new URL('./main.ts', import.meta.url);
