import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { createClientOrigin, networkOf } from './client-origin.ts';

function request(remoteAddress: string, headers: Record<string, string> = {}, encrypted?: boolean): IncomingMessage {
  return { socket: { remoteAddress, encrypted }, headers } as unknown as IncomingMessage;
}

test('limits count for the address of the connection, and for none of this machine', () => {
  const origin = createClientOrigin([]);
  assert.equal(origin.addressOf(request('203.0.113.7')), '203.0.113.7');
  assert.equal(origin.addressOf(request('::ffff:203.0.113.7')), '203.0.113.7');
  for (const own of ['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1'])
    assert.equal(origin.addressOf(request(own)), null);
});

test('what others say of themselves counts only through a proxy that is trusted', () => {
  const forwarded = { 'x-forwarded-for': '198.51.100.1, 203.0.113.7, 10.1.2.3', 'x-forwarded-proto': 'https' };
  const origin = createClientOrigin(['10.0.0.0/8', 'fd00::/8']);
  const cases: readonly [string, string | null, boolean][] = [
    ['10.9.9.9', '203.0.113.7', true],
    ['::ffff:10.9.9.9', '203.0.113.7', true],
    ['fd00::5', '203.0.113.7', true],
    ['192.0.2.1', '192.0.2.1', false],
    ['127.0.0.1', null, false],
  ];
  for (const [peer, address, https] of cases) {
    assert.equal(origin.addressOf(request(peer, forwarded)), address, peer);
    assert.equal(origin.isHttps(request(peer, forwarded)), https, peer);
  }
  assert.equal(origin.addressOf(request('10.9.9.9')), null);
  assert.equal(origin.addressOf(request('10.9.9.9', { 'x-forwarded-for': 'unknown, ' })), null);
  assert.equal(origin.isHttps(request('10.9.9.9', { 'x-forwarded-proto': 'http, https' })), false);
  assert.equal(origin.isHttps(request('192.0.2.1', {}, true)), true);
  assert.equal(createClientOrigin(['127.0.0.1']).isHttps(request('127.0.0.1', forwarded)), true);
});

test('one customer of IPv6 is one, whichever of its addresses it takes', () => {
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(networkOf('2001:db8:1:2::9'), '2001:db8:1:2::/64');
  assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0::/64');
  assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
  assert.equal(networkOf('::'), '0:0:0:0::/64');
});

test('a proxy that is no address is refused', () => {
  for (const text of ['proxy', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/x', '', '::/129']) {
    assert.throws(() => createClientOrigin([text]), /no address/, text);
  }
});
