/** The file that runs this service as a process; see config.ts for its environment. Imports nothing. */
export const searchEntry = new URL('./main.ts', import.meta.url);
