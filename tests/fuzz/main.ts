/**
 * `npm run fuzz -- [TARGET] [--seconds N] [--seed N]`: reads mutations of the kept inputs of a target, or of all of
 * them. A failing input is added to the corpus, so that the test of targets fails until the bug is fixed.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFolder, runTarget } from './run-target.ts';
import { fuzzTargets } from './targets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});

const [wanted] = positionals;
const chosen = fuzzTargets.filter(({ name }) => wanted === undefined || name === wanted);
if (chosen.length === 0) {
  console.error(`There is no target ${wanted}. There are ${fuzzTargets.map(({ name }) => name).join(', ')}.`);
  process.exitCode = 1;
}
console.log(`seed ${values.seed}`);
for (const target of chosen) {
  const { inputs, failure } = runTarget(target, {
    seed: Number(values.seed),
    durationMs: Number(values.seconds) * 1_000,
  });
  console.log(`${target.name}: ${inputs} inputs, ${failure === null ? 'none wrong' : 'one wrong'}`);
  if (failure === null) continue;
  const file = join(
    corpusFolder(target),
    `found-${createHash('sha256').update(failure.input).digest('hex').slice(0, 12)}`,
  );
  writeFileSync(file, failure.input);
  console.log(`${failure.reason}\nkept as ${file}`);
  process.exitCode = 1;
}
