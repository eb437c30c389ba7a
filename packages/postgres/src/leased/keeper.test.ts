import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeeper } from './keeper.ts';
import type { Lease } from './leased-table.ts';

/** Renewals that wait until the test answers them. */
function createRenewals() {
  const asked: { readonly ids: readonly (string | number)[]; readonly reply: (rows: [string, string][]) => void }[] =
    [];
  const waiting: (() => void)[] = [];
  return {
    asked,
    fail: null as Error | null,
    async renew(leases: readonly Lease[]): Promise<Map<string | number, string>> {
      if (this.fail !== null) throw this.fail;
      const { promise, resolve } = Promise.withResolvers<Map<string | number, string>>();
      asked.push({ ids: leases.map(({ id }) => id), reply: (rows) => resolve(new Map(rows)) });
      for (const wake of waiting.splice(0)) wake();
      return promise;
    },
    async number(count: number): Promise<void> {
      while (asked.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

const lease = (id: string): Lease => ({ id, fence: 1 });

test('all leases are renewed together, and each holder gets the values of its row or the loss', async () => {
  const renewals = createRenewals();
  const keeper = createKeeper({
    renew: (leases) => renewals.renew(leases),
    everyMs: 60_000,
    onError: assert.ifError,
  });
  const heard: string[] = [];
  for (const id of ['a', 'b', 'c']) {
    keeper.keep(lease(id), {
      renewed: (row) => heard.push(`${id} ${row}`),
      lost: () => heard.push(`${id} lost`),
    });
  }
  const end = keeper.keep(lease('d'), { lost: () => heard.push('d lost') });
  keeper.checkNow();
  await renewals.number(1);
  assert.deepEqual(renewals.asked[0]?.ids, ['a', 'b', 'c', 'd']);
  // The lease ends while the statement is in flight; one that is added meanwhile was not part of it.
  end();
  keeper.keep(lease('e'), { lost: () => heard.push('e lost') });
  // The change may have come after the statement began.
  keeper.checkNow();
  renewals.asked[0]?.reply([
    ['a', 'fine'],
    ['c', 'cancel'],
  ]);
  await renewals.number(2);
  assert.deepEqual(heard, ['a fine', 'b lost', 'c cancel']);
  assert.deepEqual(renewals.asked[1]?.ids, ['a', 'c', 'e']);
  renewals.asked[1]?.reply([]);
  await keeper.stop();
  assert.deepEqual(heard.slice(3), ['a lost', 'c lost', 'e lost']);
});

test('leases that could not be renewed are kept, and tried again', async () => {
  const renewals = createRenewals();
  renewals.fail = new Error('away');
  const troubles: unknown[] = [];
  let lost = false;
  const keeper = createKeeper({
    renew: (leases) => renewals.renew(leases),
    everyMs: 5,
    onError(error) {
      troubles.push(error);
      if (troubles.length === 3) renewals.fail = null;
    },
  });
  keeper.keep(lease('a'), { lost: () => (lost = true) });
  await renewals.number(1);
  assert.deepEqual([lost, troubles.length], [false, 3]);
  renewals.asked[0]?.reply([['a', 'fine']]);
  await renewals.number(2);
  renewals.asked[1]?.reply([['a', 'fine']]);
  await keeper.stop();
  assert.equal(lost, false);
});
