import { createHash, randomBytes } from 'node:crypto';
import { KumikiError } from '@kumiki/api';
import { chooseStaying } from './choose-staying.ts';

export const linkSeconds = 15 * 60;

/** Most unused links of one key; the oldest is dropped. */
const maxLinksPerKey = 32;
/** Most unused links of all keys. Beyond it the key with the most loses its oldest. */
const maxLinks = 1_024;
/** The same two limits, for a choice of those that stay. */
export const linkRoom = { perKey: maxLinksPerKey, total: maxLinks };

/** The creator of a link: a key, and the session that it used, if any. */
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
  /** The link. Its token follows the `#`, which browsers do not send and servers do not log. */
  readonly url: string;
  readonly expiresAt: number;
}

export interface SignInLinks {
  /** A link that signs in as the maker's key. @param url of the product, without a path. */
  make(maker: LinkMaker, url: string): MadeLink | Promise<MadeLink>;
  /** Redeems a token, once, and returns the id of its key. Throws `invalid_sign_in_link`. */
  use(token: string): string | Promise<string>;
}

/** Links that are kept in memory. */
export interface LinksInMemory extends SignInLinks {
  make(maker: LinkMaker, url: string): MadeLink;
  use(token: string): string;
}

/**
 * Links are kept in memory only, and are valid no longer than their creators.
 * @param now Unix seconds.
 * @param lives whether the creator's key, and its session if it used one, are still valid.
 */
export function createSignInLinks(now: () => number, lives: (maker: LinkMaker) => boolean): LinksInMemory {
  // Stored by hash, so that neither the time of a look-up nor a memory dump reveals a token.
  let links: readonly Link[] = [];
  return {
    make({ keyId, sessionId }, url) {
      const open = links.filter((link) => link.expiresAt > now() && lives(link));
      const { token, link } = makeLink(url);
      const expiresAt = now() + linkSeconds;
      const stay = chooseStaying(open, keyId, linkRoom);
      links = [...stay, { keyId, sessionId, hash: hashOfLink(token), expiresAt, used: false }];
      return { url: link, expiresAt };
    },
    use(token) {
      const hash = hashOfLink(token);
      const link = links.find((one) => one.hash === hash);
      if (link === undefined) throw linkRefusal('is not known here, or is of before the last start');
      if (link.used) throw linkRefusal('has been used');
      if (link.expiresAt <= now()) throw linkRefusal('has expired');
      if (!lives(link)) throw linkRefusal('ended with the key or the session that made it');
      link.used = true;
      return link.keyId;
    },
  };
}

export function linkRefusal(reason: string): KumikiError {
  return new KumikiError('invalid_sign_in_link', { reason });
}

/** A new token, and the link in which it comes. @param url of the product, without a path. */
export function makeLink(url: string): { readonly token: string; readonly link: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, link: `${url}/sign-in#token=${token}` };
}

export function hashOfLink(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
