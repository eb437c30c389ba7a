import type { EgressPolicy } from '@kumiki/api';
import { type AddressKind, classifyAddress, kindWords } from './classify-address.ts';
import { type EgressRule, parseEgressRule, reachOf, type RuleReach } from './egress-rule.ts';
import { type Address, parseAddress } from './parse-address.ts';
import { formatPlace, type Place } from './place.ts';

/**
 * Whether an outside server may be dialled. Public addresses are allowed unless the mode is `listed`. Any other address
 * needs a rule of the operator: a name or a range for private addresses, a range for unusual ones, and the exact
 * address for those that return credentials. Addresses of the installation itself need a rule of the operator with
 * their exact address and port.
 */
export interface Egress {
  /** Whether a connection to a place may use one of the addresses that its host resolves to. */
  judge(place: Place, address: string): EgressVerdict;
}

export type EgressVerdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** Part of a sentence: `it is a private address`. */
      readonly reason: string;
      /** The rule that would let it pass. */
      readonly rule: string;
    };

/** What the installation itself listens on, so that a manifest cannot make it connect to itself. */
export interface OwnPlaces {
  readonly places: readonly Place[];
  /** Addresses of this machine besides loopback. */
  readonly machine: readonly string[];
}

/** The precision that a rule needs for an address of each kind. */
const needed: Readonly<Record<AddressKind, RuleReach>> = {
  public: 'name',
  loopback: 'name',
  private: 'name',
  shared: 'name',
  documentation: 'name',
  link_local: 'range',
  tunnel: 'range',
  reserved: 'range',
  metadata: 'exact',
  multicast: 'exact',
  broadcast: 'exact',
  unspecified: 'exact',
};

const reaches: Readonly<Record<RuleReach, number>> = { name: 0, range: 1, exact: 2 };

interface Listed {
  readonly rule: EgressRule;
  readonly byOperator: boolean;
}

export function createEgress(policy: EgressPolicy, own: OwnPlaces): Egress {
  const listed = policy.allow.flatMap(({ rule, by }): Listed[] => {
    const parsed = parseEgressRule(rule);
    return parsed === null ? [] : [{ rule: parsed, byOperator: by === 'operator' }];
  });
  const isOwn = ownJudge(own);
  return {
    judge(place, text) {
      const address = parseAddress(text);
      if (address === null) return deny('it has no address that can be checked', formatPlace(place));
      const kind = classifyAddress(address);
      const covering = listed.filter(({ rule }) => reachOf(rule, place.host, place.port, address) !== null);
      const exact = formatPlace({ host: text, port: place.port });
      if (isOwn(place, address, kind)) {
        return covering.some(
          ({ rule, byOperator }) => byOperator && rule.port !== null && reachIn(rule, place, address) === reaches.exact,
        )
          ? { allowed: true }
          : deny(`${subject(place, text)} a place of Kumiki itself`, exact);
      }
      if (kind === 'public' && policy.mode === 'public') return { allowed: true };
      // A rule that a manifest listed counts as a name at most, however precise it is.
      const most = (entry: Listed): number => (entry.byOperator ? reachIn(entry.rule, place, address) : reaches.name);
      if (covering.some((entry) => most(entry) >= reaches[needed[kind]])) return { allowed: true };
      const reason =
        kind === 'public' ? 'only listed servers may be reached' : `${subject(place, text)} ${kindWords[kind]}`;
      return deny(reason, needed[kind] === 'name' ? formatPlace(place) : exact);
    },
  };
}

function reachIn(rule: EgressRule, { host, port }: Place, address: Address): number {
  const reach = reachOf(rule, host, port, address);
  return reach === null ? -1 : reaches[reach];
}

function deny(reason: string, rule: string): EgressVerdict {
  return { allowed: false, reason, rule };
}

function subject({ host }: Place, address: string): string {
  return host === address ? 'it is' : `${host} leads to`;
}

/** Whether a connection would reach the installation itself. All addresses of one machine are the same place. */
function ownJudge({ places, machine }: OwnPlaces): (place: Place, address: Address, kind: AddressKind) => boolean {
  const same = (a: Address, b: Address): boolean => a.version === b.version && a.value === b.value;
  const machineAddresses = machine.map(parseAddress).filter((address) => address !== null);
  const isHere = (address: Address, kind: AddressKind): boolean =>
    kind === 'loopback' || kind === 'unspecified' || machineAddresses.some((mine) => same(mine, address));
  const known = places.map(({ host, port }) => {
    const address = parseAddress(host === 'localhost' ? '127.0.0.1' : host);
    return { host, port, address, here: address !== null && isHere(address, classifyAddress(address)) };
  });
  return (place, address, kind) =>
    known.some(
      (own) =>
        own.port === place.port &&
        (own.host === place.host ||
          (own.address !== null && same(own.address, address)) ||
          (own.here && isHere(address, kind))),
    );
}
