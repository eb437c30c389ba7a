import { fileURLToPath } from 'node:url';

/** The program `kumiki`, as a file that Node runs. */
export const cliEntry = fileURLToPath(new URL('../bin/kumiki.js', import.meta.url));
