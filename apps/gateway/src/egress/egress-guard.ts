import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { openEgress, type RouteTable } from '@kumiki/api';
import { createEgress, type Egress, type Place, placeOf } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import type { ResolveHost } from './resolve-host.ts';
import { shareLookups } from './share-lookups.ts';

/** The most addresses of one name: no server needs more, and each is checked. */
const maxAddresses = 256;

/** What the HTTP clients for outside servers consult before they dial. */
export interface EgressGuard {
  /** Why an address that is written in a URL may not be dialled, as an error; null where it may, and for names. */
  refusalOf(host: string, port: number): Error | null;
  /** A `lookup` for `net.connect` and `tls.connect`: resolves a name to checked addresses, or fails. */
  lookupFor(port: number): LookupFunction;
}

export interface EgressControl extends EgressGuard {
  /** Applies the policy of a snapshot. @returns whether it differs from the one before. */
  replace(table: RouteTable): boolean;
}

/** Error code that distinguishes a refusal by the policy from a failure of the network. */
export const egressDenied = 'EGRESS_DENIED';

/** The reason that clients get. The address and the rule are in the operator's log only. */
export const egressRefusal = 'the egress policy of this installation does not let it be reached';

class EgressError extends Error {
  readonly code = egressDenied;

  constructor() {
    super(egressRefusal);
    this.name = 'EgressError';
  }
}

export interface EgressGuardOptions {
  readonly resolve: ResolveHost;
  readonly log: Log;
  /** Ports on which this process listens. */
  readonly listening: () => readonly number[];
}

/** Checks outside connections against the policy of the last snapshot. */
export function createEgressGuard({ resolve, log, listening }: EgressGuardOptions): EgressControl {
  let egress: Egress = createEgress(openEgress, { places: [], machine: [] });
  let text = '';
  const lookup = shareLookups(resolve);

  function mayDial(place: Place, address: string): boolean {
    const verdict = egress.judge(place, address);
    if (verdict.allowed) return true;
    log.warn(
      { host: place.host, port: place.port, address, reason: verdict.reason, rule: verdict.rule },
      'egress denied',
    );
    return false;
  }

  async function checkedAddresses(place: Place): Promise<readonly string[]> {
    const addresses = await lookup(place.host);
    if (addresses.length > maxAddresses) throw new EgressError();
    // One forbidden address makes the whole name suspect.
    if (!addresses.every((address) => mayDial(place, address))) throw new EgressError();
    return addresses;
  }

  return {
    replace(table) {
      const policy = table.egress ?? openEgress;
      const places = [...ownPlaces(table), ...listening().map((port) => ({ host: '127.0.0.1', port }))];
      const own = { places, machine: machineAddresses() };
      const next = JSON.stringify([policy, own]);
      if (next === text) return false;
      text = next;
      egress = createEgress(policy, own);
      return true;
    },
    refusalOf: (host, port) => (isIP(host) === 0 || mayDial({ host, port }, host) ? null : new EgressError()),
    lookupFor: (port) => (hostname, options, reply) => {
      const host = hostname.replace(/\.$/, '').toLowerCase();
      checkedAddresses({ host, port }).then(
        (addresses) => answer(addresses, options, reply),
        (error: NodeJS.ErrnoException) => reply(error, [], 0),
      );
    },
  };
}

/** Returns addresses in the form that the caller of a lookup asked for: of one family, all or the first. */
function answer(
  addresses: readonly string[],
  options: Parameters<LookupFunction>[1],
  callback: Parameters<LookupFunction>[2],
): void {
  const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
  const fitting = addresses
    .map((address) => ({ address, family: isIP(address) }))
    .filter((one) => family === 0 || one.family === family);
  const [first] = fitting;
  if (first === undefined) callback(Object.assign(new Error('it has no address'), { code: 'ENOTFOUND' }), [], 0);
  else if (options.all === true) callback(null, fitting);
  else callback(null, first.address, first.family);
}

/** Addresses of the installation itself that the route table names. */
function ownPlaces({ models, backends, egress }: RouteTable): Place[] {
  const urls = [
    ...models.flatMap(({ endpoints }) => endpoints.filter((one) => one.egress === 'internal').map(({ url }) => url)),
    ...backends.flatMap((backend) => backend.urls),
    ...(egress?.own ?? []).map((place) => `http://${place}`),
  ];
  return urls.flatMap((url) => placeOf(url) ?? []);
}

function machineAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}
