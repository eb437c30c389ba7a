import { defaultSecretKey, type EgressPolicy, KumikiError, type SecretKeyRef } from '@kumiki/api';
import { type Egress, formatPlace, type OutsideServers, placeOf, type RemoteTarget } from '@kumiki/policy';
import { policyOf, readEgressList } from '../home/egress-list.ts';
import type { HomeFolder } from '../home/home-folder.ts';
import { openSecretStore } from '../home/secret-store.ts';
import { egressHere, judgeAddress, judgeServer } from './check-servers.ts';

/** The operator's current settings for outside servers: egress policy and API keys. */
export interface OutsideAccess extends OutsideServers {
  /** Throws KumikiError when a target that is being applied cannot be served. */
  require(target: RemoteTarget): Promise<void>;
  /** Drops cached values after a change. */
  refresh(): void;
}

/** The current addresses of the installation itself. */
export interface OwnUrls {
  /** Addresses that are in no route: the gateway's own, a database. */
  configured(): readonly string[];
  /** Addresses in the route table. */
  running(): readonly string[];
}

export function createOutsideAccess(home: HomeFolder, own: OwnUrls): OutsideAccess {
  const secrets = openSecretStore(home.secrets);
  // Cached, since routes are rebuilt after every change of a replica.
  const read = new Map<string, string | null>();
  let list = readEgressList(home.egress);
  let judging: { readonly text: string; readonly egress: Egress } | null = null;
  const refresh = (): void => {
    read.clear();
    list = readEgressList(home.egress);
    judging = null;
  };
  const valueOf = (secret: SecretKeyRef): string | null => {
    const path = secrets.pathOf(secret);
    const known = read.get(path);
    if (known !== undefined) return known;
    const value = secrets.read(secret);
    read.set(path, value);
    return value;
  };
  const egress = (): EgressPolicy => policyOf(list, own.configured().flatMap(formatOwn));
  const rules = (): Egress => {
    const policy = egress();
    const running = own.running();
    const text = JSON.stringify([policy, running]);
    if (judging?.text !== text) judging = { text, egress: egressHere(policy, running) };
    return judging.egress;
  };
  return {
    refresh,
    egress,
    authorizationFor({ apiKey }) {
      const value = apiKey === null ? null : valueOf(apiKey);
      return value === null ? null : `Bearer ${value}`;
    },
    refusalOf({ apiKey }, url) {
      if (apiKey !== null && valueOf(apiKey) === null) return unknownSecret(apiKey).message;
      const verdict = judgeAddress(rules(), url);
      return verdict.allowed ? null : egressDenied(verdict).message;
    },
    async require({ apiKey, urls }) {
      refresh();
      if (apiKey !== null && valueOf(apiKey) === null) throw unknownSecret(apiKey);
      for (const url of urls) {
        const verdict = await judgeServer(rules(), url);
        if (!verdict.allowed) throw egressDenied(verdict);
      }
    },
  };
}

function formatOwn(url: string): string[] {
  const place = placeOf(url);
  return place === null ? [] : [formatPlace(place)];
}

function egressDenied({ rule, reason }: { readonly rule: string; readonly reason: string }): KumikiError {
  return new KumikiError('egress_denied', { host: rule, reason });
}

function unknownSecret({ name, key }: SecretKeyRef): KumikiError {
  return new KumikiError('unknown_secret', { secret: key === defaultSecretKey ? name : `${name} --key ${key}` });
}
