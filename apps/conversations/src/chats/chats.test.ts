import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chatSchema, turnSchema } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { whyNoPostgres } from '@kumiki/postgres/testing';
import { deleteResponse, findStatus } from '../responses/response-rows.ts';
import { sweepExpired } from '../retention/sweep.ts';
import { type ChatOwner, insertChat, listChats, readChat, updateChat } from './chat-rows.ts';
import { deleteChat } from './delete-chat.ts';
import { forkChat } from './fork-chat.ts';
import { addTurn, allTurns, openTables, owner, type TestDatabase } from './testing/test-chats.ts';

const slowestOpeningMs = 300;

for (const kind of ['embedded', 'server'] as const) {
  const skip = kind === 'server' ? (whyNoPostgres() ?? false) : false;
  describe(`chats on a database of the kind ${kind}`, { skip }, () => {
    let tables: TestDatabase;
    let database: Database;
    before(async () => {
      tables = await openTables(kind);
      ({ database } = tables);
    });
    after(() => tables[Symbol.asyncDispose]());

    const idsOf = async (chat: string): Promise<string[]> =>
      (await allTurns(database, chat)).map(({ response_id: id }) => id);
    const isThere = async (id: string): Promise<boolean> => (await findStatus(database, owner.project, id)) !== null;

    const listInPages = async (of: ChatOwner, limit: number): Promise<string[]> => {
      const seen: string[] = [];
      for (let after: string | undefined; ; after = seen.at(-1)) {
        const page = await listChats(database, of, { limit, ...(after === undefined ? {} : { after }) });
        seen.push(...page.chats.map(({ id }) => id));
        if (!page.hasMore) return seen;
      }
    };

    test('turns come in their order, with branches, and the last one is current', async () => {
      const chat = await insertChat(database, owner, {});
      const first = await addTurn(database, chat, { text: '組木とは？', answer: '木の部品' });
      const left = await addTurn(database, chat, { previous: first });
      const right = await addTurn(database, chat, { previous: first, open: true });
      const shown = chatSchema.parse(await readChat(database, owner, chat));
      assert.equal(shown.title, '組木とは？');
      assert.equal(shown.current_response_id, right);
      assert.equal(shown.running, 1);
      const turns = (await allTurns(database, chat)).map((turn) => turnSchema.parse(turn));
      assert.deepEqual(
        turns.map(({ response_id: id, previous_response_id: previous }) => [id, previous]),
        [
          [first, null],
          [left, first],
          [right, first],
        ],
      );
      assert.equal(turns[0]?.response.status, 'completed');
      assert.equal(turns[0]?.last_sequence, 2);
      assert.ok((turns[0]?.timing.total_ms ?? -1) >= 0);
      assert.equal(turns[2]?.response.status, 'queued');
      assert.deepEqual(turns[2]?.timing, { queued_ms: null, first_token_ms: null, total_ms: null });
      assert.equal(turns[2]?.last_sequence, 1);
    });

    test('whose chat it is not is not told that it is there', async () => {
      const chat = await insertChat(database, owner, { title: 'mine' });
      const turn = await addTurn(database, chat);
      const missing = { code: 'not_found', message: new RegExp(`'?${chat}`) };
      for (const other of [
        { ...owner, project: 'p2' },
        { ...owner, keyId: 'key_2' },
      ]) {
        await assert.rejects(readChat(database, other, chat), missing);
        await assert.rejects(updateChat(database, other, chat, { title: 'x' }), missing);
        await assert.rejects(deleteChat(database, other, chat), missing);
        await assert.rejects(forkChat(database, other, chat, { response_id: turn, scope: 'all' }), missing);
        await assert.rejects(listChats(database, other, { limit: 10, after: chat }), missing);
        await assert.rejects(addTurn(database, chat, { owner: other }), missing);
        assert.deepEqual((await listChats(database, other, { limit: 10 })).chats, []);
      }
      assert.deepEqual(await idsOf(chat), [turn]);
      const { rows } = await database.query<{ count: number }>(
        'SELECT count(*) FROM conversations.responses WHERE project = $1 OR key_id = $2',
        ['p2', 'key_2'],
      );
      assert.equal(rows[0]?.count, 0);
    });

    test('a title is found in any width and case, by parts of it, with every word', async () => {
      const mine = { project: 'p1', keyId: `titles-${kind}` };
      const titles = [
        'ＧＰＵノードの増設',
        'gpu quota',
        '100% _done_',
        '<img src=x onerror=alert(1)>',
        "'); DROP TABLE",
      ];
      for (const title of titles) await insertChat(database, mine, { title });
      const find = async (query: string): Promise<string[]> =>
        (await listChats(database, mine, { limit: 100, query })).chats.map(({ title }) => title).toSorted();
      assert.deepEqual(await find('gpu'), ['gpu quota', 'ＧＰＵノードの増設']);
      assert.deepEqual(await find('ﾉｰﾄﾞ　ｇｐｕ'), ['ＧＰＵノードの増設']);
      assert.deepEqual(await find('増設'), ['ＧＰＵノードの増設']);
      assert.deepEqual(await find('%'), ['100% _done_']);
      assert.deepEqual(await find("');"), ["'); DROP TABLE"]);
      assert.deepEqual(await find('ONERROR='), ['<img src=x onerror=alert(1)>']);
      assert.equal((await find('　')).length, titles.length);
    });

    test('pages follow each other without gap or repetition; pinned ones can be listed alone', async () => {
      const mine = { project: 'p1', keyId: `pages-${kind}` };
      const ids: string[] = [];
      for (let index = 0; index < 7; index++) {
        const id = await insertChat(database, mine, { title: `${index}` });
        ids.unshift(id);
        // Chats of the same time are ordered by their random ids, so each gets its own time here.
        await database.query(
          "UPDATE conversations.chats SET updated_at = now() - interval '1 hour' + $2 * interval '1 ms' WHERE id = $1",
          [id, index],
        );
      }
      await updateChat(database, mine, ids[2] ?? '', { pinned: true, settings: { temperature: 0 } });
      assert.deepEqual(await listInPages(mine, 3), ids);
      const pinned = await listChats(database, mine, { limit: 3, pinned: 'true' });
      assert.deepEqual(
        pinned.chats.map(({ id, settings }) => [id, settings]),
        [[ids[2], { temperature: 0 }]],
      );
      await addTurn(database, ids[5] ?? '', { owner: mine });
      assert.equal((await listChats(database, mine, { limit: 1 })).chats[0]?.id, ids[5]);
    });

    test('chats of one moment are paged without gap or repetition too', async () => {
      const mine = { project: 'p1', keyId: `moment-${kind}` };
      const ids: string[] = [];
      for (let index = 0; index < 5; index++) ids.push(await insertChat(database, mine, { title: `${index}` }));
      await database.query('UPDATE conversations.chats SET updated_at = now() WHERE key_id = $1', [mine.keyId]);
      const seen = await listInPages(mine, 2);
      assert.equal(seen.length, ids.length);
      assert.deepEqual(new Set(seen), new Set(ids));
    });

    test('forks share responses, and deleting one chat keeps those of the other', async () => {
      const chat = await insertChat(database, owner, { title: 'one', settings: { model: 'demo' } });
      const a = await addTurn(database, chat);
      const b = await addTurn(database, chat, { previous: a });
      const c = await addTurn(database, chat, { previous: a, open: true });
      const path = await forkChat(database, owner, chat, { response_id: b, scope: 'path' });
      const rest = await forkChat(database, owner, chat, { response_id: c, scope: 'from_here' });
      assert.deepEqual([await idsOf(path), await idsOf(rest)], [[a, b], [c]]);
      assert.equal((await allTurns(database, rest))[0]?.previous_response_id, null);
      const forked = await readChat(database, owner, path);
      assert.deepEqual([forked.title, forked.settings, forked.running], ['one', { model: 'demo' }, 0]);
      assert.equal((await readChat(database, owner, rest)).running, 1);
      await deleteChat(database, owner, chat);
      await assert.rejects(readChat(database, owner, chat), { code: 'not_found' });
      assert.deepEqual([await idsOf(path), await idsOf(rest)], [[a, b], [c]]);
      await deleteChat(database, owner, rest);
      assert.deepEqual([await isThere(a), await isThere(b), await isThere(c)], [true, true, false]);
      await deleteChat(database, owner, path);
      assert.deepEqual([await isThere(a), await isThere(b)], [false, false]);
    });

    test('a fork from a turn of another chat, and a current turn of one, are refused', async () => {
      const chat = await insertChat(database, owner, {});
      const other = await addTurn(database, await insertChat(database, owner, {}));
      const refused = { code: 'not_found', param: 'response_id' };
      await assert.rejects(forkChat(database, owner, chat, { response_id: other, scope: 'path' }), refused);
      const change = updateChat(database, owner, chat, { current_response_id: other, title: 'x' });
      await assert.rejects(change, { code: 'not_found', param: 'current_response_id' });
      assert.equal((await readChat(database, owner, chat)).title, '');
    });

    test('when the current turn is deleted, the one before it becomes current', async () => {
      const chat = await insertChat(database, owner, {});
      const a = await addTurn(database, chat);
      const b = await addTurn(database, chat, { previous: a });
      assert.equal(await deleteResponse(database, 'p2', b), false);
      assert.equal((await readChat(database, owner, chat)).current_response_id, b);
      assert.equal(await deleteResponse(database, owner.project, b), true);
      assert.equal((await readChat(database, owner, chat)).current_response_id, a);
    });

    test('what is in a chat does not expire', async () => {
      const chat = await insertChat(database, owner, {});
      const id = await addTurn(database, chat);
      await sweepExpired(database);
      const { rows } = await database.query<{ ever: boolean }>(
        "SELECT expires_at = 'infinity' AS ever FROM conversations.responses WHERE id = $1",
        [id],
      );
      assert.deepEqual([rows[0]?.ever, await isThere(id)], [true, true]);
    });

    test(`a chat of 500 turns is read within ${slowestOpeningMs} ms`, async () => {
      const chat = await insertChat(database, owner, {});
      let previous = await addTurn(database, chat);
      const answer = 'A Pod is the smallest deployable unit. '.repeat(40);
      for (let count = 1; count < 500; count++) previous = await addTurn(database, chat, { previous, answer });
      const times: number[] = [];
      for (let round = 0; round < 3; round++) {
        const start = performance.now();
        const turns = await allTurns(database, chat);
        times.push(performance.now() - start);
        assert.equal(turns.length, 500);
      }
      assert.ok(Math.min(...times) < slowestOpeningMs, `${times.join(', ')} ms`);
    });
  });
}

test(
  'turns, forks and deletions at once leave no response that no chat holds',
  { skip: whyNoPostgres() ?? false },
  async () => {
    await using tables = await openTables('server');
    const { database } = tables;
    for (let round = 0; round < 20; round++) {
      const chat = await insertChat(database, owner, {});
      const first = await addTurn(database, chat);
      const last = await addTurn(database, chat, { previous: first });
      const fork = await forkChat(database, owner, chat, { response_id: last, scope: 'path' });
      const results = await Promise.allSettled([
        addTurn(database, chat, { previous: first }),
        addTurn(database, fork, { previous: first, open: true }),
        forkChat(database, owner, chat, { response_id: first, scope: 'all' }),
        deleteChat(database, owner, chat),
        deleteChat(database, owner, fork),
        deleteResponse(database, owner.project, last),
      ]);
      for (const result of results) {
        if (result.status === 'rejected') await assert.rejects(Promise.reject(result.reason), { code: 'not_found' });
      }
    }
    for (const { id } of (await listChats(database, owner, { limit: 100 })).chats)
      await deleteChat(database, owner, id);
    const { rows } = await database.query<{ count: number }>('SELECT count(*) FROM conversations.responses');
    assert.equal(rows[0]?.count, 0);
  },
);

test('turns that begin at once are all there', { skip: whyNoPostgres() ?? false }, async () => {
  await using tables = await openTables('server');
  const { database } = tables;
  const chat = await insertChat(database, owner, {});
  const ids = await Promise.all(Array.from({ length: 40 }, () => addTurn(database, chat, { open: true })));
  const turns = await allTurns(database, chat);
  assert.deepEqual(turns.map(({ response_id: id }) => id).toSorted(), ids.toSorted());
  assert.equal((await readChat(database, owner, chat)).running, 40);
});
