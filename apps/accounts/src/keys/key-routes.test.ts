import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apiKeySchema, createdKeySchema } from '@kumiki/api';
import { errorOf } from '@kumiki/testing';
import { accountStores } from '../testing/account-stores.ts';

for (const { name, open, close, start } of accountStores) {
  describe(name, () => {
    before(open);
    after(close);

    test('makes keys that are told once, lists them without their secret, and revokes them', async () => {
      await using service = await start();
      const created = await service.call('POST', 'keys', {
        name: 'app',
        models: ['shop'],
        limits: { max_concurrent: 3 },
      });
      assert.equal(created.status, 201);
      const key = createdKeySchema.parse(created.body);
      const list = (await service.call('GET', 'keys')).body as { data: unknown[] };
      assert.deepEqual(
        list.data.map((entry) => apiKeySchema.parse(entry).id),
        [key.id],
      );
      assert.ok(!JSON.stringify(list).includes(key.value));
      assert.equal((await service.call('DELETE', `keys/${key.id}`)).status, 200);
      assert.deepEqual((await service.call('GET', 'keys')).body, { object: 'list', data: [] });
    });

    test('what is no key is refused in the one error envelope, with what would pass', async () => {
      await using service = await start();
      const role = await service.call('POST', 'keys', { name: 'x', roles: ['boss'] });
      assert.deepEqual([role.status, errorOf(role).code], [400, 'invalid_value']);
      assert.match(errorOf(role).message, /roles\[0\]: must be 'inference' or 'admin'/);
      const gone = await service.call('DELETE', 'keys/key_none');
      assert.deepEqual([gone.status, errorOf(gone).code], [404, 'not_found']);
      assert.match(errorOf(gone).message, /no key 'key_none'/);
    });

    test('who made and who revoked a key is told', async () => {
      await using service = await start();
      const made = createdKeySchema.parse((await service.call('POST', 'keys', { name: 'app' })).body);
      await service.call('DELETE', `keys/${made.id}`, undefined, { 'x-kumiki-key': made.id });
      assert.deepEqual(
        service.changes.list().map(({ kind, subject, by }) => [kind, subject, by]),
        [
          ['key.revoked', made.id, 'app'],
          ['key.created', made.id, null],
        ],
      );
    });
  });
}
