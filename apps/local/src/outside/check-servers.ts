import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { EgressPolicy } from '@kumiki/api';
import { createEgress, type Egress, type EgressVerdict, type Place, placeOf } from '@kumiki/policy';

/** Limit of resolving a name; after it the manifest is accepted, since the gateway checks again at each connection. */
const resolveLimitMs = 3_000;

/** Concurrent look-ups, which use the thread pool that file access needs too. Further names are accepted unresolved. */
const maxOpenLookups = 2;

let openLookups = 0;

/** The egress policy for this machine. @param ownUrls addresses of the installation itself. */
export function egressHere(policy: EgressPolicy, ownUrls: readonly string[]): Egress {
  const urls = [...ownUrls, ...policy.own.map((place) => `http://${place}`)];
  const machine = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
  return createEgress(policy, { places: urls.flatMap((url) => placeOf(url) ?? []), machine });
}

/** The verdict without name resolution: an IP address is judged, a name is allowed. */
export function judgeAddress(egress: Egress, url: string): EgressVerdict & { readonly place: Place | null } {
  const place = placeOf(url);
  if (place === null || isIP(place.host) === 0) return { allowed: true, place };
  return { ...egress.judge(place, place.host), place };
}

/** The same with the name's current addresses. A name without addresses is allowed, since it may get some later. */
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
