/** The file that runs the service of accounts as a process; see config.ts for its environment. Imports nothing. */
export const accountsEntry = new URL('./main.ts', import.meta.url);
