import { createHash, randomBytes } from 'node:crypto';
import { KumikiError } from '@kumiki/api';
import { chooseStaying } from './choose-staying.ts';

const linkSeconds = 15 * 60;

/** Links of one key that can be open at once; the oldest gives way. */
const maxLinksPerKey = 32;
/** Those of all keys; then the key that has most gives up its oldest. */
const maxLinks = 1_024;

/** Who asks for a link: a key, and the session that asks in its name, if one does. */
export interface LinkMaker {
  readonly keyId: string;
  readonly sessionId: string | null;
}

interface Link extends LinkMaker {
  readonly hash: string;
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
  /** A link that signs in as the maker's key. @param url where the product is reached, without a path. */
  make(maker: LinkMaker, url: string): MadeLink;
  /** The key that a token signs in as. It is worth nothing afterwards. Throws `invalid_sign_in_link`. */
  use(token: string): string;
}

/**
 * Links live as long as the process, since nobody waits for one over a restart, and no longer than who made them.
 * @param now Unix seconds.
 * @param lives whether the key of a maker, and its session where it has one, is still good for anything.
 */
export function createSignInLinks(now: () => number, lives: (maker: LinkMaker) => boolean): SignInLinks {
  // By their hash: neither the time of a look-up nor a dump of the memory tells a token.
  let links: readonly Link[] = [];
  return {
    make({ keyId, sessionId }, url) {
      const open = links.filter((link) => link.expiresAt > now() && lives(link));
      const token = randomBytes(32).toString('base64url');
      const expiresAt = now() + linkSeconds;
      const stay = chooseStaying(open, keyId, { perKey: maxLinksPerKey, total: maxLinks });
      links = [...stay, { keyId, sessionId, hash: hashOf(token), expiresAt, used: false }];
      return { url: `${url}/sign-in#token=${token}`, expiresAt };
    },
    use(token) {
      const hash = hashOf(token);
      const link = links.find((one) => one.hash === hash);
      if (link === undefined) throw refusal('is not known here, or is of before the last start');
      if (link.used) throw refusal('has been used');
      if (link.expiresAt <= now()) throw refusal('has expired');
      if (!lives(link)) throw refusal('ended with the key or the session that made it');
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
