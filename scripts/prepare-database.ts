/**
 * Makes the files that every new embedded database begins with, once for each version of it. Takes some seconds the first
 * time, nothing afterwards; without them each database makes its own, and takes as long.
 */
import { create } from '../packages/postgres/src/open-pglite.ts';
import { prepareData } from '../packages/postgres/src/prepared-data.ts';

await prepareData(() => create(null, null));
