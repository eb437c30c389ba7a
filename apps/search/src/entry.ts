/** The main file of this service's process; see config.ts for its settings. Imports nothing. */
export const searchEntry = new URL('./main.ts', import.meta.url);
