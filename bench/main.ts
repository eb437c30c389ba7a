/** `npm run bench <name>`: runs one benchmark. Each is a separate script that measures, prints, and ends. */
const benches: Readonly<Record<string, { readonly file: string; readonly says: string }>> = {
  gateway: { file: './gateway/run.ts', says: 'CPU, latency and memory of the gateway beside nginx and a bare proxy' },
  streams: { file: './streams/run.ts', says: 'memory of 2,000 open streams, and the cost of clients that never read' },
  engine: { file: './engine.ts', says: 'tokens per second through the worker beside the bare engine' },
  search: {
    file: './search/run-quality.ts',
    says: 'how well hybrid search finds, beside vectors alone and words alone',
  },
  'search-speed': {
    file: './search/run-speed.ts',
    says: 'searches over 100,000 chunks on a real server, beside bare pgvector',
  },
  database: { file: './database.ts', says: 'a new embedded database from prepared files, beside its own initdb' },
  product: { file: './product/run.ts', says: 'start and memory of `kumiki up` beside its models' },
  browser: { file: './browser/run.ts', says: 'the console in Chromium: script, start, a long stream, a long chat' },
  wire: { file: './wire.ts', says: 'the SSE codec and the body scanner beside plain parsers' },
};

const [name = '', ...rest] = process.argv.slice(2);
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench === undefined || rest.length > 0) {
  console.error('Usage: npm run bench <name>, where the name is one of');
  for (const [known, { says }] of Object.entries(benches)) console.error(`  ${known.padEnd(12)} ${says}`);
  process.exitCode = 2;
} else {
  await import(new URL(bench.file, import.meta.url).href);
}
