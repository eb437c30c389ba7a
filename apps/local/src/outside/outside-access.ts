import { defaultSecretKey, KumikiError, type SecretKeyRef } from '@kumiki/api';
import type { SecretStore } from '../home/secret-store.ts';
import type { RemoteTarget } from '../sources/target.ts';

/** What it takes to send to servers that Kumiki does not run, as it stands now. */
export interface OutsideAccess {
  /** The value of the `authorization` header, null where none is wanted. Secret. */
  authorizationFor(target: RemoteTarget): string | null;
  /** Why nothing may be sent to one of a target's servers, as a sentence part; null when it may. */
  refusalOf(target: RemoteTarget, url: string): string | null;
  /** Throws KumikiError when a target that is to be applied cannot be served as it stands. */
  require(target: RemoteTarget): void;
  /** The operator has changed something: what was read before counts no more. */
  refresh(): void;
}

export function createOutsideAccess(secrets: SecretStore): OutsideAccess {
  // Routes are built and services described with every change of any replica: files are not read for each.
  const read = new Map<string, string | null>();
  const valueOf = (secret: SecretKeyRef): string | null => {
    const path = secrets.pathOf(secret);
    const known = read.get(path);
    if (known !== undefined) return known;
    const value = secrets.read(secret);
    read.set(path, value);
    return value;
  };
  const refresh = (): void => read.clear();
  return {
    refresh,
    authorizationFor({ apiKey }) {
      const value = apiKey === null ? null : valueOf(apiKey);
      return value === null ? null : `Bearer ${value}`;
    },
    refusalOf({ apiKey }) {
      if (apiKey === null || valueOf(apiKey) !== null) return null;
      return new KumikiError('unknown_secret', { secret: commandName(apiKey) }).message;
    },
    require({ apiKey }) {
      refresh();
      if (apiKey === null || valueOf(apiKey) !== null) return;
      throw new KumikiError('unknown_secret', { secret: commandName(apiKey) });
    },
  };
}

/** A secret as `kumiki secret set` takes it. */
function commandName({ name, key }: SecretKeyRef): string {
  return key === defaultSecretKey ? name : `${name} --key ${key}`;
}
