import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEgressRule, parseEgressRule } from './egress-rule.ts';

const spelt = (text: string): string | null => {
  const rule = parseEgressRule(text);
  return rule === null ? null : formatEgressRule(rule);
};

test('a rule has one spelling', () => {
  for (const [text, spelling] of [
    ['VLLM.Corp.', 'vllm.corp'],
    ['vllm.corp:8000', 'vllm.corp:8000'],
    ['127.1', '127.0.0.1'],
    ['0x7f000001:80', '127.0.0.1:80'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.0.0.0/8:8000', '10.0.0.0/8:8000'],
    ['fd00:0:0::1', 'fd00::1'],
    ['[FD00::1]:8000', '[fd00::1]:8000'],
    ['[fd00::/8]:8000', '[fd00::/8]:8000'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['bücher.example', 'xn--bcher-kva.example'],
  ]) {
    assert.equal(spelt(text ?? ''), spelling, text);
    assert.equal(spelt(spelling ?? ''), spelling, 'and it is its own');
  }
});

test('what is no rule is none', () => {
  const wrong = [
    '',
    ' ',
    '*',
    '*.example',
    'http://x',
    'x/y',
    'x/8',
    'user@x',
    'x?y',
    'x#y',
    'x:0',
    'x:65536',
    'x:y',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '1.2.3.4.5',
    'fd00::/129',
    'fe80::1%eth0',
    '[fd00::1',
    '::ffff:1.2.3.4/95',
    'a b',
  ];
  for (const text of wrong) assert.equal(parseEgressRule(text), null, text);
});
