import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUploadSlots } from './upload-slots.ts';

test('concurrent uploads of a key, a project and in total are limited, and each that ends frees a slot', () => {
  const slots = createUploadSlots({ all: 4, ofProject: 3, ofKey: 2 });
  const first = slots.take('p', 'a');
  slots.take('p', 'a');
  assert.throws(() => slots.take('p', 'a'), { code: 'overloaded', message: /with this key is at its limit of 2/ });
  slots.take('p', 'b');
  assert.throws(() => slots.take('p', 'c'), { message: /of this project is at its limit of 3/ });
  slots.take('q', 'd');
  assert.throws(() => slots.take('r', 'e'), { message: /uploads in progress is at its limit of 4/ });
  first();
  first();
  slots.take('p', 'a');
  assert.throws(() => slots.take('r', 'e'), { code: 'overloaded' });
});
