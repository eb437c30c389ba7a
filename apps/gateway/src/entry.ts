/** The file that runs a gateway as a process; see config.ts for its environment. Imports nothing. */
export const gatewayEntry = new URL('./main.ts', import.meta.url);
