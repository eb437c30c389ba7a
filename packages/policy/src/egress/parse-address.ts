/**
 * An IP address as a number. IPv4-mapped IPv6 (`::ffff:a.b.c.d`) counts as IPv4, because connections to it use IPv4.
 */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

const mappedPrefix = 0xffffn;

/** Parses an IPv4 address in dotted decimal, or an IPv6 address without a zone; null for everything else. */
export function parseAddress(text: string): Address | null {
  if (!text.includes(':')) {
    const value = parseIpv4(text);
    return value === null ? null : { version: 4, value };
  }
  const value = parseIpv6(text);
  if (value === null) return null;
  return value >> 32n === mappedPrefix ? { version: 4, value: value & 0xffff_ffffn } : { version: 6, value };
}

function parseIpv4(text: string): bigint | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return null;
  let value = 0n;
  for (const part of match.slice(1)) {
    // Some parsers read a leading zero as octal.
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

const groupCount = 8;

function parseIpv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const first = groupsOf(head ?? [], tail === undefined);
  const last = groupsOf(tail ?? [], true);
  if (first === null || last === null) return null;
  const missing = groupCount - first.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...first, ...Array.from({ length: missing }, () => 0n), ...last];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** Groups of 16 bits; the last two may be written as IPv4. */
function groupsOf(parts: readonly string[], mayEndAsIpv4: boolean): bigint[] | null {
  const groups: bigint[] = [];
  for (const [at, part] of parts.entries()) {
    if (part.includes('.')) {
      const value = at === parts.length - 1 && mayEndAsIpv4 ? parseIpv4(part) : null;
      if (value === null) return null;
      groups.push(value >> 16n, value & 0xffffn);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return null;
      groups.push(BigInt(`0x${part}`));
    }
  }
  return groups;
}

/** Bits of an address. */
export function bitsOf({ version }: Address): number {
  return version === 4 ? 32 : 128;
}

/** A range of addresses: those that begin with the same bits. */
export interface AddressRange {
  readonly first: Address;
  readonly prefix: number;
}

/** Parses `10.0.0.0/8` or `fd00::/8`; a single address is a range of one. null for everything else. */
export function parseRange(text: string): AddressRange | null {
  const [base = '', length, ...rest] = text.split('/');
  const first = parseAddress(base);
  if (first === null || rest.length > 0) return null;
  const bits = bitsOf(first);
  if (length === undefined) return { first, prefix: bits };
  if (!/^\d{1,3}$/.test(length)) return null;
  // The prefix length of an IPv4-mapped range counts 128 bits.
  const prefix = Number(length) - (first.version === 4 && base.includes(':') ? 96 : 0);
  return prefix >= 0 && prefix <= bits ? { first, prefix } : null;
}

export function isInRange(address: Address, { first, prefix }: AddressRange): boolean {
  if (address.version !== first.version) return false;
  const shift = BigInt(bitsOf(first) - prefix);
  return address.value >> shift === first.value >> shift;
}
