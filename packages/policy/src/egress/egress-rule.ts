import { type Address, type AddressRange, bitsOf, isInRange, parseAddress, parseRange } from './parse-address.ts';
import { plainHost } from './place.ts';

/** One rule of the egress list. */
export type EgressRule =
  | { readonly kind: 'host'; readonly host: string; readonly port: number | null }
  | { readonly kind: 'addresses'; readonly range: AddressRange; readonly port: number | null };

/** Parses `host`, `host:port`, an address or a range, with or without a port; null for everything else. */
export function parseEgressRule(text: string): EgressRule | null {
  const { place, port } = splitPort(text);
  if (port === 'wrong') return null;
  const range = parseRange(place);
  if (range !== null) return { kind: 'addresses', range, port };
  if (!/^[^\s:/?#@\\%[\]]+$/.test(place)) return null;
  // The URL parser normalises the host in the same way as for requests.
  const parsed = URL.parse(`http://${place}`);
  if (parsed === null) return null;
  const host = plainHost(parsed.hostname);
  const address = parseAddress(host);
  if (address !== null) return { kind: 'addresses', range: { first: address, prefix: bitsOf(address) }, port };
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host) ? { kind: 'host', host, port } : null;
}

function splitPort(text: string): { place: string; port: number | null | 'wrong' } {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text);
  const plain = /^([^:[\]]*):(\d{1,5})$/.exec(text);
  const [, place = text, digits] = bracketed ?? plain ?? [];
  if (digits === undefined) return { place, port: null };
  const port = Number(digits);
  return { place, port: port >= 1 && port <= 65_535 ? port : 'wrong' };
}

/** The canonical text of a rule, for storing and comparing. */
export function formatEgressRule(rule: EgressRule): string {
  if (rule.kind === 'host') return withPort(rule.host, rule.port);
  const { first, prefix } = rule.range;
  const bits = bitsOf(first);
  const shift = BigInt(bits - prefix);
  const base = formatAddress({ version: first.version, value: (first.value >> shift) << shift });
  return withPort(prefix === bits ? base : `${base}/${prefix}`, rule.port);
}

function withPort(place: string, port: number | null): string {
  if (port === null) return place;
  return place.includes(':') ? `[${place}]:${port}` : `${place}:${port}`;
}

function formatAddress({ version, value }: Address): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - at * 16)) & 0xffffn).toString(16));
  return plainHost(URL.parse(`http://[${groups.join(':')}]`)?.hostname ?? groups.join(':'));
}

/** How precise a rule is: a name resolves to whatever its owner chooses, an exact address is one place. */
export type RuleReach = 'name' | 'range' | 'exact';

/** How a rule covers a connection to one address; null when it does not. */
export function reachOf(rule: EgressRule, host: string, port: number, address: Address): RuleReach | null {
  if (rule.port !== null && rule.port !== port) return null;
  if (rule.kind === 'host') return rule.host === host ? 'name' : null;
  if (!isInRange(address, rule.range)) return null;
  return rule.range.prefix === bitsOf(rule.range.first) ? 'exact' : 'range';
}
