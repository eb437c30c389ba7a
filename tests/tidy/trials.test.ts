import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from '../repository/source-files.ts';

/** Changes that somebody who has not read the code may want to make, in the words that he looks for. */
const trials: readonly {
  readonly change: string;
  /** What a row of the table, or the heading of a recipe, says. */
  readonly says: RegExp;
  /** The file that it must name, */
  readonly file: string;
  /** and what has to be changed there. */
  readonly holds: RegExp;
}[] = [
  {
    change: 'wait a minute for the first token and not two',
    says: /first token/,
    file: 'packages/api/src/kinds/model-service.ts',
    holds: /firstTokenMs: [^,]*\n? *\.default\(/,
  },
  { change: 'reword an error', says: /error's words/, file: 'packages/api/src/errors/errors.ts', holds: /message:/ },
  {
    change: 'give 20 results of a search and not 10',
    says: /results are found.*how many/,
    file: 'apps/search/src/retrieval/search-store.ts',
    holds: /defaultResults = \d+/,
  },
  {
    change: 'never try an outside 401 again',
    says: /401/,
    file: 'packages/policy/src/recover/classify-reply.ts',
    holds: /status === 401/,
  },
  {
    change: 'leases of responses of 6 s',
    says: /how long a lease lasts/,
    file: 'apps/conversations/src/runs/run-limits.ts',
    holds: /leaseMs = [\d_]+/,
  },
  {
    change: 'leases of batches',
    says: /how long a lease lasts/,
    file: 'apps/conversations/src/batches/batch-runner.ts',
    holds: /defaultLeaseMs = [\d_]+/,
  },
  {
    change: 'leases of ingest',
    says: /how long a lease lasts/,
    file: 'apps/search/src/start-search.ts',
    holds: /defaultLeaseMs = [\d_]+/,
  },
  {
    change: 'a new metric of the gateway',
    says: /a metric/i,
    file: 'apps/gateway/src/metrics/gateway-metrics.ts',
    holds: /new Counter\(/,
  },
  {
    change: 'let keys of another role open the chat',
    says: /who may do what/,
    file: 'apps/console/web/shell/places.ts',
    holds: /name: 'chat'.*needs:/,
  },
  {
    change: 'serve /v1/images/generations',
    says: /images\/generations/,
    file: 'packages/api/src/paths/model-paths.ts',
    holds: /\/v1\/embeddings/,
  },
  {
    change: 'another exit code of the CLI',
    says: /exit code/,
    file: 'apps/cli/src/host/cli-error.ts',
    holds: /exitCode/,
  },
];

const rows = read('ARCHITECTURE.md')
  .split('\n')
  .filter((line) => line.startsWith('| '));

/** A path stands whole, or as a file beside one that does. */
function names(row: string, file: string): boolean {
  return row.includes(`${file}\``) || row.includes(`\`${file.split('/').at(-1)}\``);
}

test('changes that a newcomer may want to make lead to the very file by the table of ARCHITECTURE.md', () => {
  for (const { change, says, file, holds } of trials) {
    const first = rows.find((row) => says.test(row.split('|')[1] ?? ''));
    assert.ok(first !== undefined && names(first, file), `${change}: ${first}`);
    assert.match(read(file), holds, change);
  }
});
