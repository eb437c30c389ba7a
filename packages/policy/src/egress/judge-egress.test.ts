import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import { type EgressPolicy, openEgress } from '@kumiki/api';
import fc from 'fast-check';
import { classifyAddress } from './classify-address.ts';
import { createEgress, type OwnPlaces } from './judge-egress.ts';
import { parseAddress } from './parse-address.ts';
import { formatPlace, placeOf } from './place.ts';

const nothingOwn: OwnPlaces = { places: [], machine: [] };

function allowing(...rules: string[]): EgressPolicy {
  return { ...openEgress, allow: rules.map((rule) => ({ rule, by: 'operator' })) };
}

/** The verdict on a URL whose host is an address. */
function verdictOf(url: string, policy: EgressPolicy = openEgress, own = nothingOwn): string {
  const place = placeOf(url);
  if (place === null) return 'no URL';
  const verdict = createEgress(policy, own).judge(place, place.host);
  return verdict.allowed ? 'allowed' : verdict.reason;
}

/** An IPv4 address in every notation that some URL parser or C library accepts. */
function spellings(address: number): string[] {
  const bytes = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255);
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const dotted = bytes.join('.');
  const octal = (value: number): string => `0${value.toString(8)}`;
  const hexadecimal = (value: number): string => `0x${value.toString(16)}`;
  const rest = (from: number[]): number => from.reduce((value, byte) => value * 256 + byte, 0);
  const fullWidth = (text: string): string =>
    text.replaceAll(/[0-9.]/g, (sign) =>
      sign === '.' ? '。' : String.fromCodePoint((sign.codePointAt(0) ?? 0) + 0xfee0),
    );
  return [
    dotted,
    `${dotted}.`,
    String(address >>> 0),
    hexadecimal(address >>> 0),
    octal(address >>> 0),
    bytes.map(octal).join('.'),
    bytes.map(hexadecimal).join('.'),
    `${a}.${rest([b, c, d])}`,
    `${a}.${b}.${rest([c, d])}`,
    `${hexadecimal(a)}.${octal(b)}.${rest([c, d])}`,
    dotted.replaceAll(/[0-9]/g, (digit) => `%3${digit}`),
    dotted.replaceAll('.', '%2e'),
    fullWidth(dotted),
    `user@${dotted}`,
    `[::ffff:${dotted}]`,
    `[0:0:0:0:0:ffff:${rest([a, b]).toString(16)}:${rest([c, d]).toString(16)}]`,
    `[64:ff9b::${dotted}]`,
  ];
}

const insideOf = (base: string, prefix: number) => {
  const first = Number(parseAddress(base)?.value ?? 0n);
  return fc.integer({ min: 0, max: 2 ** (32 - prefix) - 1 }).map((offset) => (first + offset) | 0);
};

const closedRanges: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

test('an address that is not public is closed in every spelling', () => {
  for (const [base, prefix] of closedRanges) {
    fc.assert(
      fc.property(insideOf(base, prefix), (address) => {
        for (const host of spellings(address)) {
          const verdict = verdictOf(`http://${host}:8000/v1`);
          assert.match(verdict, /^(no URL|it is )/, host);
        }
      }),
      { numRuns: 50 },
    );
  }
});

test('a public address is open in every spelling', () => {
  for (const host of spellings(0x08_08_08_08)) assert.equal(verdictOf(`http://${host}/v1`), 'allowed', host);
  for (const host of ['[2606:4700::1111]', '93.184.216.34', '[2a00:1450:4001::1]']) {
    assert.equal(verdictOf(`https://${host}/v1`), 'allowed', host);
  }
});

test('what is odd in IPv6 is closed', () => {
  const closed: Readonly<Record<string, RegExp>> = {
    '[::]': /unspecified/,
    '[::1]': /this machine itself/,
    '[0:0:0:0:0:0:0:1]': /this machine itself/,
    '[::127.0.0.1]': /reserved/,
    '[fe80::1]': /link-local/,
    '[fc00::1]': /private/,
    '[fd12:3456::1]': /private/,
    '[fec0::1]': /private/,
    '[ff02::1]': /multicast/,
    '[fd00:ec2::254]': /metadata/,
    '[2001:db8::1]': /documentation/,
    '[3fff::1]': /documentation/,
    '[2002:7f00:1::]': /tunnel/,
    '[2001:0:53aa:64c:0:5efe:7f00:1]': /tunnel/,
    '[64:ff9b::169.254.169.254]': /metadata/,
    '[64:ff9b:1::1]': /private/,
    '[::ffff:169.254.169.254]': /metadata/,
    '[100::1]': /reserved/,
    '[4000::1]': /reserved/,
    '[fe80::1%25eth0]': /no URL/,
    '[fe80::1%eth0]': /no URL/,
  };
  for (const [host, reason] of Object.entries(closed)) assert.match(verdictOf(`http://${host}:80/`), reason, host);
});

test('addresses are read as Node reads them', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended(), fc.string({ maxLength: 40 })), (text) => {
      const known = isIP(text) !== 0 && !text.includes('%');
      assert.equal(parseAddress(text) !== null, known, text);
    }),
    { numRuns: 2_000 },
  );
});

test('every address has a kind, and nothing near the closed ranges is closed with them', () => {
  for (const [text, kind] of [
    ['9.255.255.255', 'public'],
    ['11.0.0.0', 'public'],
    ['100.63.255.255', 'public'],
    ['100.128.0.0', 'public'],
    ['172.15.255.255', 'public'],
    ['172.32.0.0', 'public'],
    ['169.253.255.255', 'public'],
    ['223.255.255.255', 'public'],
    ['255.255.255.255', 'broadcast'],
    ['169.254.169.254', 'metadata'],
  ] as const) {
    const address = parseAddress(text);
    assert.equal(address && classifyAddress(address), kind, text);
  }
});

test('what is listed is open, with its port alone when it has one', () => {
  const url = 'http://10.1.2.3:8000/v1';
  for (const rule of [
    '10.1.2.3',
    '10.1.2.3:8000',
    '10.0.0.0/8',
    '10.0.0.0/8:8000',
    '::ffff:10.1.2.3',
    '0x0a.1.2.3',
    '0.0.0.0/0',
  ]) {
    assert.equal(verdictOf(url, allowing(rule)), 'allowed', rule);
  }
  for (const rule of ['10.1.2.4', '10.1.2.3:80', '11.0.0.0/8', '::/0', 'x', '10.0.0.0/33', '10.1.2.3:0', '']) {
    assert.match(verdictOf(url, allowing(rule)), /it is a private address/, rule);
  }
  assert.equal(verdictOf('http://[fd00::5]:8000', allowing('[fd00::/8]:8000')), 'allowed');
});

test('a listed name opens where it leads, but not to credentials, link-local addresses or tunnels', () => {
  const egress = createEgress(allowing('vllm.corp:8000'), nothingOwn);
  const place = { host: 'vllm.corp', port: 8_000 };
  for (const address of ['10.1.2.3', '127.0.0.1', '8.8.8.8', 'fd00::1']) {
    assert.equal(egress.judge(place, address).allowed, true, address);
  }
  for (const address of ['169.254.169.254', '169.254.1.1', '0.0.0.0', 'fe80::1', '2002:a00::1', 'no address']) {
    assert.equal(egress.judge(place, address).allowed, false, address);
  }
  assert.equal(egress.judge({ ...place, host: 'vllm.corp.evil.example' }, '10.1.2.3').allowed, false);
});

test('credentials are open to their very address alone', () => {
  const url = 'http://169.254.169.254/latest';
  assert.match(verdictOf(url, allowing('169.254.0.0/16', '0.0.0.0/0')), /metadata/);
  assert.equal(verdictOf(url, allowing('169.254.169.254')), 'allowed');
});

test("the installation's own places are closed by every name of this machine, and open to the operator's exact word", () => {
  const own = {
    places: [
      { host: '127.0.0.1', port: 8_420 },
      { host: '10.9.9.9', port: 5_432 },
    ],
    machine: ['10.1.2.3', '203.0.114.7'],
  };
  const everything = allowing('0.0.0.0/0', '::/0', 'localhost:8420', '127.0.0.1', '127.0.0.0/8:8420');
  for (const url of [
    'http://127.0.0.1:8420',
    'http://127.9.9.9:8420',
    'http://[::1]:8420',
    'http://0.0.0.0:8420',
    'http://10.1.2.3:8420',
    'http://203.0.114.7:8420',
    'http://10.9.9.9:5432',
  ]) {
    assert.match(verdictOf(url, everything, own), /a place of Kumiki itself/, url);
  }
  assert.match(verdictOf('http://203.0.114.7:8420', openEgress, own), /Kumiki itself/, 'a public address too');
  const named = createEgress(allowing('0.0.0.0/0', 'db.corp'), {
    places: [{ host: 'db.corp', port: 5_432 }],
    machine: [],
  });
  assert.equal(named.judge({ host: 'db.corp', port: 5_432 }, '10.1.1.1').allowed, false);
  assert.equal(named.judge({ host: 'db.corp', port: 8_000 }, '10.1.1.1').allowed, true);
  assert.equal(verdictOf('http://127.0.0.1:8421', everything, own), 'allowed');
  assert.equal(verdictOf('http://127.0.0.1:8420', allowing('127.0.0.1:8420'), own), 'allowed');
  const byManifest: EgressPolicy = { ...openEgress, allow: [{ rule: '127.0.0.1:8420', by: 'manifest' }] };
  assert.match(verdictOf('http://127.0.0.1:8420', byManifest, own), /Kumiki itself/);
});

test('what a manifest has listed opens what a name opens, and nothing odd', () => {
  const byManifest = (rule: string): EgressPolicy => ({ ...openEgress, allow: [{ rule, by: 'manifest' }] });
  for (const [host, allowed] of [
    ['10.1.2.3', true],
    ['127.0.0.1', true],
    ['[fd00::1]', true],
    ['169.254.169.254', false],
    ['169.254.1.1', false],
    ['0.0.0.0', false],
    ['[2002::1]', false],
  ] as const) {
    const verdict = verdictOf(`http://${host}:8000`, byManifest(`${host}:8000`));
    assert.equal(verdict === 'allowed', allowed, host);
  }
});

test('with listed servers alone, a public one needs its rule too', () => {
  const listed: EgressPolicy = { ...allowing('api.example'), mode: 'listed' };
  const egress = createEgress(listed, nothingOwn);
  assert.equal(egress.judge({ host: 'api.example', port: 443 }, '8.8.8.8').allowed, true);
  assert.deepEqual(egress.judge({ host: 'other.example', port: 443 }, '8.8.8.8'), {
    allowed: false,
    reason: 'only listed servers may be reached',
    rule: 'other.example:443',
  });
});

test('the rule that a refusal names lets it pass', () => {
  const hosts = ['10.1.2.3', '127.0.0.1', '169.254.169.254', '[fe80::1]', '[::1]', '0.0.0.0', '224.0.0.1', '[2002::1]'];
  for (const host of hosts) {
    const place = placeOf(`http://${host}:8000`);
    assert.ok(place);
    const refused = createEgress(openEgress, nothingOwn).judge(place, place.host);
    assert.ok(!refused.allowed);
    assert.equal(verdictOf(`http://${host}:8000`, allowing(refused.rule)), 'allowed', refused.rule);
    assert.equal(refused.rule, formatPlace(place));
  }
});
