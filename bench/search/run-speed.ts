import { keepResult } from '../keep-result.ts';
import { measureSpeed } from './speed.ts';

/** Prints the speed of searches over 100,000 chunks, and writes bench/results/search-speed.json. */

const size = 100_000;
const searchFloorMs = 50;

const result = await measureSpeed(size);
const ms = ({ p50, p95 }: { readonly p50: number; readonly p95: number }): string => `${p50} | ${p95}`;
console.log(`${result.chunks} chunks of ${result.dimensions} dimensions, PostgreSQL on this machine\n`);
console.log('| what | p50 ms | p95 ms |');
console.log('|---|--:|--:|');
console.log(`| search, hybrid | ${ms(result.searchMs)} |`);
console.log(`| search with a filter that lets a tenth pass | ${ms(result.filteredSearchMs)} |`);
console.log(`| its vector part alone | ${ms(result.vectorPartMs)} |`);
console.log(`| bare pgvector | ${ms(result.bare.searchMs)} |`);
console.log(`\nrecall@10: ${result.recall}; bare pgvector: ${result.bare.recall}`);
console.log(
  `ingested ${result.ingestChunksPerSecond} chunks a second; bare index built in ${result.bare.buildSeconds} s`,
);
console.log(`MiB: ${JSON.stringify(result.megabytes)}`);
keepResult('search-speed', { ...result });
if (result.searchMs.p95 > searchFloorMs) {
  console.log(`Above its floor of ${searchFloorMs} ms: search p95`);
  process.exitCode = 1;
}
