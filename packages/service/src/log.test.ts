import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-log-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The lines of a process that logs and exits at once. */
function linesOf(buffered: boolean): Record<string, unknown>[] {
  const file = join(folder, `${String(buffered)}.log`);
  const script = `
    const { createLog } = await import(${JSON.stringify(new URL('./log.ts', import.meta.url).href)});
    const log = createLog({ service: 'test', to: ${JSON.stringify(file)}, buffered: ${String(buffered)} });
    log.info({ token: 'secret', count: 1 }, 'first');
    log.debug('not shown');
    log.warn({ endpoint: { authorization: 'secret' } }, 'last');
    process.exit(0);`;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(result.stderr, '');
  const text = readFileSync(file, 'utf8').trim();
  assert.doesNotMatch(text, /"secret"/);
  return text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

for (const buffered of [false, true]) {
  test(`a ${buffered ? 'buffered' : 'plain'} log loses no line when the process ends, and shows no secret`, () => {
    const lines = linesOf(buffered);
    assert.deepEqual(
      lines.map(({ level, service, msg }) => `${String(level)} ${String(service)} ${String(msg)}`),
      ['info test first', 'warn test last'],
    );
    for (const { time } of lines) {
      assert.equal(new Date(String(time)).toISOString(), time);
      assert.ok(Math.abs(Date.now() - Date.parse(String(time))) < 60_000);
    }
  });
}
