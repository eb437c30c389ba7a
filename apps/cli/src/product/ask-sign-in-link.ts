import { setTimeout as pause } from 'node:timers/promises';
import { pathTo, signInLinkSchema } from '@kumiki/api';

/** The service of accounts starts within a second; on a machine that is busy with other things it needs many times as long. */
const limitMs = 60_000;
const retryMs = 50;

/** A link that signs a browser in as the key, once; null where the service that makes it does not answer in time. */
export async function askSignInLink(origin: string, key: string): Promise<string | null> {
  const until = performance.now() + limitMs;
  while (performance.now() < until) {
    try {
      const reply = await fetch(`${origin}${pathTo('/v1/kumiki/sign_in_links')}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        signal: AbortSignal.timeout(limitMs),
      });
      const body: unknown = await reply.json();
      if (reply.ok) return signInLinkSchema.parse(body).url;
    } catch {
      // The gateway may just be starting again.
    }
    await pause(retryMs);
  }
  return null;
}
