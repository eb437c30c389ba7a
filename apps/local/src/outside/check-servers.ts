import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { EgressPolicy } from '@kumiki/api';
import { createEgress, type Egress, type EgressVerdict, type Place, placeOf } from '@kumiki/policy';

/** How long a name is resolved before a manifest is taken as it is; the gateway looks again whenever it dials. */
const resolveLimitMs = 3_000;

/** Names that are resolved at once; a manifest with more is taken as it is. The system does it in threads that files need too. */
const maxOpenLookups = 2;

let openLookups = 0;

/** The egress policy as it holds on this machine. @param ownUrls where the installation itself listens. */
export function egressHere(policy: EgressPolicy, ownUrls: readonly string[]): Egress {
  const urls = [...ownUrls, ...policy.own.map((place) => `http://${place}`)];
  const machine = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
  return createEgress(policy, { places: urls.flatMap((url) => placeOf(url) ?? []), machine });
}

/** What is known without asking anybody: of an address everything, of a name nothing. */
export function judgeAddress(egress: Egress, url: string): EgressVerdict & { readonly place: Place | null } {
  const place = placeOf(url);
  if (place === null || isIP(place.host) === 0) return { allowed: true, place };
  return { ...egress.judge(place, place.host), place };
}

/** The same with a name's addresses as they are now. A name that has none may have some later. */
export async function judgeServer(egress: Egress, url: string): Promise<EgressVerdict> {
  const place = placeOf(url);
  if (place === null) return { allowed: true };
  for (const address of await addressesOf(place.host)) {
    const verdict = egress.judge(place, address);
    if (!verdict.allowed) return verdict;
  }
  return { allowed: true };
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  if (openLookups >= maxOpenLookups) return [];
  openLookups++;
  const { promise: late, resolve } = Promise.withResolvers<readonly string[]>();
  const timer = setTimeout(() => resolve([]), resolveLimitMs);
  try {
    const found = lookup(host, { all: true })
      .then((all) => all.map(({ address }) => address))
      .finally(() => openLookups--);
    return await Promise.race([found, late]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
