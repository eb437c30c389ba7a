/** The file that runs the database of one machine as a process; see config.ts for its environment. Imports nothing. */
export const databaseEntry = new URL('./main.ts', import.meta.url);
