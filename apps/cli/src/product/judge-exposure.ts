import { isLoopback, isWildcard, type Listening } from './choose-addresses.ts';

/** The warning about where the product listens; null when only this machine can reach it. */
export function judgeExposure({ host, port, publicUrl }: Listening): string | null {
  const behindTls = publicUrl?.startsWith('https:') === true;
  if (isLoopback(host)) return judgePublicUrl(publicUrl, behindTls);
  const where = isWildcard(host) ? 'every address of this machine' : host;
  const shown = port === 0 ? '' : `, port ${port}`;
  if (behindTls) {
    return `Kumiki listens on ${where}${shown}, without TLS, for the proxy behind ${publicUrl}. Let nobody but that proxy reach it: keys, prompts and sign-in cookies are in the clear there.`;
  }
  return `Kumiki listens on ${where}${shown}, without TLS: keys, prompts, answers and sign-in cookies cross the network in the clear, where anyone on the path can read them. Put a proxy with TLS in front and name it with --public-url https://…, or listen on 127.0.0.1.`;
}

/** A proxy on this machine may show it to others. */
function judgePublicUrl(publicUrl: string | null, behindTls: boolean): string | null {
  if (publicUrl === null || behindTls || isLoopback(new URL(publicUrl).hostname)) return null;
  return `The public URL ${publicUrl} is without TLS: keys, prompts, answers and sign-in cookies cross the network in the clear, where anyone on the path can read them.`;
}
