import type { MissingGateway } from '@kumiki/api';

/** The gateways that are missing from any page, each once with its latest reason. */
export function joinMissing(
  pages: readonly { readonly missing_gateways: readonly MissingGateway[] }[],
): MissingGateway[] {
  return [...new Map(pages.flatMap((page) => page.missing_gateways).map((one) => [one.gateway, one])).values()];
}
