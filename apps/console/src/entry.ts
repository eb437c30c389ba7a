/** The file that runs the console's server as a process; see config.ts for its environment. Imports nothing. */
export const consoleEntry = new URL('./main.ts', import.meta.url);
