/** What a guard runs when its cluster's process has ended: `node clean-up-main.ts INDEX`. */
import { cleanUp } from './clean-up.ts';
import { placeOf } from './cluster-place.ts';

await cleanUp(placeOf(Number(process.argv[2])));
