import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseAddresses, isLoopback, isWildcard, type MachineAddress } from './choose-addresses.ts';
import { judgeExposure } from './judge-exposure.ts';

const machine: readonly MachineAddress[] = [
  { address: '127.0.0.1', family: 'IPv4', internal: true },
  { address: '::1', family: 'IPv6', internal: true },
  { address: 'fe80::1', family: 'IPv6', internal: false },
  { address: '2001:db8::5', family: 'IPv6', internal: false },
  { address: '192.168.1.5', family: 'IPv4', internal: false },
  { address: '10.0.0.9', family: 'IPv4', internal: false },
];
const at = (host: string, publicUrl: string | null = null) => chooseAddresses({ host, port: 8420, publicUrl }, machine);

test('what is shown is an address that others can reach, and programs on the machine have their own', () => {
  assert.deepEqual(at('127.0.0.1'), {
    local: 'http://127.0.0.1:8420',
    shown: 'http://127.0.0.1:8420',
    others: [],
    configured: false,
  });
  assert.deepEqual(at('0.0.0.0'), {
    local: 'http://127.0.0.1:8420',
    shown: 'http://192.168.1.5:8420',
    others: ['http://10.0.0.9:8420', 'http://127.0.0.1:8420'],
    configured: false,
  });
  assert.deepEqual(at('::').others, ['http://10.0.0.9:8420', 'http://[2001:db8::5]:8420', 'http://127.0.0.1:8420']);
  assert.deepEqual(
    [at('192.168.1.5').local, at('2001:db8::5').shown],
    ['http://192.168.1.5:8420', 'http://[2001:db8::5]:8420'],
  );
  const alone = chooseAddresses({ host: '0.0.0.0', port: 1, publicUrl: null }, machine.slice(0, 3));
  assert.deepEqual([alone.shown, alone.others], ['http://127.0.0.1:1', []]);
});

test('a public URL goes before all, and does not change where programs on the machine go', () => {
  const { local, shown, configured, others } = at('0.0.0.0', 'https://ai.example');
  assert.deepEqual([local, shown, configured], ['http://127.0.0.1:8420', 'https://ai.example', true]);
  assert.equal(others[0], 'http://192.168.1.5:8420');
});

test('many addresses are bounded', () => {
  const many = Array.from({ length: 100 }, (_, number): MachineAddress => ({
    address: `10.0.0.${number}`,
    family: 'IPv4',
    internal: false,
  }));
  assert.equal(chooseAddresses({ host: '0.0.0.0', port: 1, publicUrl: null }, many).others.length, 8);
});

test('hosts that stand for all, and those that nobody else reaches', () => {
  assert.deepEqual(['0.0.0.0', '::', '0:0::0', '127.0.0.1', 'fd00::', '10.0.0.0'].map(isWildcard), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  assert.deepEqual(['127.0.0.1', '127.1.2.3', '::1', 'localhost', '127.example.com', '0.0.0.0'].map(isLoopback), [
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('listening beyond the machine without TLS says what that means, and with TLS in front who may reach it', () => {
  const judge = (host: string, publicUrl: string | null = null): string =>
    judgeExposure({ host, port: 8420, publicUrl }) ?? 'nothing';
  assert.equal(judge('127.0.0.1'), 'nothing');
  assert.equal(judge('127.0.0.1', 'https://ai.example'), 'nothing');
  assert.equal(judge('localhost', 'http://localhost:9000'), 'nothing');
  assert.match(judge('127.0.0.1', 'http://ai.example'), /public URL http:\/\/ai\.example is without TLS.*in the clear/);
  assert.match(judge('0.0.0.0'), /every address of this machine, port 8420, without TLS: keys, prompts.*--public-url/);
  assert.match(judge('192.168.1.5', 'http://ai.example'), /listens on 192\.168\.1\.5, port 8420, without TLS: keys/);
  assert.match(judge('0.0.0.0', 'https://ai.example'), /Let nobody but that proxy reach it/);
});
