import { createHash, randomBytes } from 'node:crypto';
import { KumikiError } from '@kumiki/api';

const linkSeconds = 15 * 60;

/** Links that can be open at once; the oldest gives way. */
const maxLinks = 256;

interface Link {
  readonly keyId: string;
  /** Unix seconds. */
  readonly expiresAt: number;
  used: boolean;
}

export interface MadeLink {
  /** Where a browser goes; after the `#`, which no browser sends and no server logs, what lets it in. */
  readonly url: string;
  readonly expiresAt: number;
}

export interface SignInLinks {
  /** A link for the key. @param url where the product is reached, without a path. */
  make(keyId: string, url: string): MadeLink;
  /** The key that a token signs in as. It is worth nothing afterwards. Throws `invalid_sign_in_link`. */
  use(token: string): string;
}

/** Links live as long as the process: nobody waits for one over a restart. @param now Unix seconds. */
export function createSignInLinks(now: () => number): SignInLinks {
  // By their hash: neither the time of a look-up nor a dump of the memory tells a token.
  const links = new Map<string, Link>();
  return {
    make(keyId, url) {
      for (const [hash, link] of links) {
        if (link.expiresAt <= now() || links.size >= maxLinks) links.delete(hash);
      }
      const token = randomBytes(32).toString('base64url');
      const expiresAt = now() + linkSeconds;
      links.set(hashOf(token), { keyId, expiresAt, used: false });
      return { url: `${url}/sign-in#token=${token}`, expiresAt };
    },
    use(token) {
      const link = links.get(hashOf(token));
      if (link === undefined) throw refusal('is not known here, or is of before the last start');
      if (link.used) throw refusal('has been used');
      if (link.expiresAt <= now()) throw refusal('has expired');
      link.used = true;
      return link.keyId;
    },
  };
}

function refusal(reason: string): KumikiError {
  return new KumikiError('invalid_sign_in_link', { reason });
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
