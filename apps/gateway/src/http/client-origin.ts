import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** How many addresses of `x-forwarded-for` are read, from its end. */
const maxForwarded = 16;

/** Addresses that are cached with the networks that contain them, since the search takes longer than everything else here. */
const maxRememberedPeers = 4_096;

/** Groups of an IPv6 address that identify one customer, who has 2⁶⁴ addresses. */
const customerGroups = 4;

/** Where a request comes from, by its connection and by the proxies that the operator trusts. */
export interface ClientOrigin {
  /** Whether the address is a trusted proxy, whose `x-forwarded-…` headers count. */
  isTrusted(address: string): boolean;
  /** Whether the limits for each address do not apply: to this machine, and to proxies that many clients share. */
  isExempt(address: string): boolean;
  /** The address that limits count for; for IPv6 its network. Null for exempt ones. */
  addressOf(request: IncomingMessage): string | null;
  /** Whether the client speaks TLS, with the gateway or with a trusted proxy. */
  isHttps(request: IncomingMessage): boolean;
}

/** What is cached for the address of a connection. */
interface Peer {
  readonly trusted: boolean;
  /** The address that limits count for; null where it is exempt. */
  readonly limited: string | null;
}

/** @param trusted addresses and networks (`10.0.0.0/8`) of proxies. Throws for anything else. */
export function createClientOrigin(trusted: readonly string[]): ClientOrigin {
  const proxies = new BlockList();
  for (const one of trusted) addNetwork(proxies, one);
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');

  const holds = (list: BlockList, address: string): boolean => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  };
  const isTrusted = (address: string): boolean => trusted.length > 0 && holds(proxies, address);
  const isExempt = (address: string): boolean => holds(loopback, address) || isTrusted(address);

  const peers = new Map<string, Peer>();
  const peerAt = (address: string): Peer => {
    let peer = peers.get(address);
    if (peer === undefined) {
      const exempt = isExempt(address);
      peer = { trusted: isTrusted(address), limited: exempt ? null : networkOf(address) };
      if (peers.size >= maxRememberedPeers) peers.clear();
      peers.set(address, peer);
    }
    return peer;
  };

  return {
    isTrusted,
    isExempt,
    addressOf(request) {
      const peer = peerAt(request.socket.remoteAddress ?? '');
      if (!peer.trusted) return peer.limited;
      // The proxy nearest to the gateway wrote the rightmost address. Further left, a client may have written anything.
      const forwarded = listOf(request.headers['x-forwarded-for']).slice(-maxForwarded);
      const client = forwarded.findLast((address) => isIP(address) !== 0 && !isTrusted(address));
      return client === undefined || isExempt(client) ? null : networkOf(client);
    },
    isHttps(request) {
      if ((request.socket as Partial<TLSSocket>).encrypted === true) return true;
      const forwarded = request.headers['x-forwarded-proto'];
      if (forwarded === undefined || !peerAt(request.socket.remoteAddress ?? '').trusted) return false;
      return listOf(forwarded)[0]?.toLowerCase() === 'https';
    },
  };
}

function addNetwork(list: BlockList, text: string): void {
  const [address = '', bits] = text.split('/');
  const version = isIP(address);
  const most = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (version === 0 || prefix < 0 || prefix > most) throw new RangeError(`'${text}' is no address and no network`);
  list.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
}

function listOf(header: string | string[] | undefined): string[] {
  return String(header ?? '')
    .split(',')
    .map((part) => part.trim());
}

/** The address for IPv4; for IPv6 the 64-bit network, which belongs to one customer. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const behind = tail === '' ? 0 : tail.split(':').length;
    while (groups.length + behind < 8) groups.push('0');
  }
  return `${groups.slice(0, customerGroups).join(':')}::/64`;
}
