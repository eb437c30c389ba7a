import { type Address, isInRange, parseAddress, parseRange } from './parse-address.ts';

/** The kind of an address by its number alone, from the registries of special-purpose addresses (RFC 6890). */
export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'shared'
  | 'link_local'
  | 'metadata'
  | 'multicast'
  | 'broadcast'
  | 'unspecified'
  | 'documentation'
  | 'tunnel'
  | 'reserved';

/** Each kind as the end of a sentence: `it is …`. */
export const kindWords: Readonly<Record<AddressKind, string>> = {
  public: 'a public address',
  loopback: 'an address of this machine itself',
  private: 'a private address',
  shared: "an address of a provider's inner network",
  link_local: 'a link-local address',
  metadata: 'the address of a metadata service, which gives credentials',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  unspecified: 'the unspecified address, which leads to this machine',
  documentation: 'an address for documentation',
  tunnel: 'an address of a tunnel, which hides another',
  reserved: 'a reserved address',
};

/** The first range that contains an address applies. */
const ranges: readonly (readonly [string, AddressKind])[] = [
  // Metadata services of clouds, which return credentials: AWS, GCP, Azure, Oracle and others, ECS, EKS, Alibaba,
  // Azure's wire server.
  ['169.254.169.254', 'metadata'],
  ['169.254.170.2', 'metadata'],
  ['169.254.170.23', 'metadata'],
  ['100.100.100.200', 'metadata'],
  ['192.0.0.192', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['fd00:ec2::23', 'metadata'],
  ['fd20:ce::254', 'metadata'],
  ['fd00:42::42', 'metadata'],
  ['0.0.0.0/8', 'unspecified'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link_local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', 'tunnel'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'reserved'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['240.0.0.0/4', 'reserved'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['64:ff9b:1::/48', 'private'],
  ['2001::/32', 'tunnel'],
  ['2001:db8::/32', 'documentation'],
  ['2001::/23', 'reserved'],
  ['2002::/16', 'tunnel'],
  ['3fff::/20', 'documentation'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link_local'],
  ['fec0::/10', 'private'],
  ['ff00::/8', 'multicast'],
];

const table = ranges.map(([text, kind]) => {
  const range = parseRange(text);
  if (range === null) throw new Error(`${text} is no range`);
  return { range, kind };
});

const translated = { first: parseAddress('64:ff9b::') as Address, prefix: 96 };
const globalUnicast = { first: parseAddress('2000::') as Address, prefix: 3 };

export function classifyAddress(address: Address): AddressKind {
  // NAT64 forwards these to the IPv4 address in their last bits.
  if (isInRange(address, translated)) return classifyAddress({ version: 4, value: address.value & 0xffff_ffffn });
  const found = table.find(({ range }) => isInRange(address, range));
  if (found !== undefined) return found.kind;
  return address.version === 4 || isInRange(address, globalUnicast) ? 'public' : 'reserved';
}
