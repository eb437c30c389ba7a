/** The main file of the database process of one machine; see config.ts for its settings. Imports nothing. */
export const databaseEntry = new URL('./main.ts', import.meta.url);
