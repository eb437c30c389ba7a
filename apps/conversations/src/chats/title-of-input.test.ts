import assert from 'node:assert/strict';
import { test } from 'node:test';
import { savedChatLimits } from '@kumiki/api';
import fc from 'fast-check';
import { titleOfInput } from './title-of-input.ts';

const say = (text: string) => titleOfInput([{ type: 'message', id: 'msg_1', role: 'user', content: text }]);

test('the first line that says something becomes the title', () => {
  assert.equal(say('\n  \n Why is my  Pod pending?\nIt is in `default`.'), 'Why is my Pod pending?');
  assert.equal(say(''), '');
  assert.equal(titleOfInput([]), '');
});

test('what is long is cut between characters as people count them', () => {
  const family = '👩‍👩‍👧';
  assert.equal(say('組'.repeat(70)), `${'組'.repeat(60)}…`);
  assert.equal(say('組'.repeat(60)), '組'.repeat(60));
  const title = say(family.repeat(70));
  assert.equal(title, `${family.repeat((title.length - 1) / family.length)}…`);
});

test('no title turns the direction of what follows it', () => {
  assert.equal(say('exe.\u202egpj\u0000\u0007 hello'), 'exe. gpj hello');
});

test('whatever is said, its title can be stored', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      const title = say(text);
      assert.ok(title.isWellFormed() && !title.includes('\0') && title.length <= savedChatLimits.titleCharacters);
    }),
  );
});
