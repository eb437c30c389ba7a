/**
 * Creates the initial files of new embedded databases, once for each version. Takes some seconds the first time, and no
 * time afterwards. Without them each new database takes as long.
 */
import { create } from '../packages/postgres/src/open-pglite.ts';
import { prepareData } from '../packages/postgres/src/prepared-data.ts';

await prepareData(() => create(null, null));
