import { isIP } from 'node:net';
import { z } from 'zod';

/** An address or a network in CIDR notation. */
function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32));
}

/** The gateway's settings for its clients' connections, the same on a machine and in a cluster. */
export const edgeSettings = {
  KUMIKI_TRUSTED_PROXIES: z
    .string()
    .max(4_096)
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .refine((list) => list.every(isNetwork), 'must be addresses or networks like 10.0.0.0/8, with commas between')
    .describe('Addresses and networks of proxies, with commas between: what they say of the client is believed.'),
  KUMIKI_CONNECTIONS_PER_ADDRESS: z.coerce
    .number()
    .int()
    .min(1)
    .max(20_000)
    .optional()
    .describe(
      'Connections of one address; those of this machine and of trusted proxies stand for many and are not counted.',
    ),
  KUMIKI_BODY_MEMORY_BYTES: z.coerce
    .number()
    .int()
    .min(1_048_576)
    .optional()
    .describe(
      'Bytes of request bodies that are held at once; an eighth of the memory that the process may use when absent.',
    ),
} as const;

export interface EdgeOptions {
  readonly trustedProxies: readonly string[];
  readonly connections?: { readonly perAddress: number };
  readonly bodyMemoryBytes?: number;
}

/** Converts the settings to the gateway's options. */
export function edgeOptions(settings: {
  readonly KUMIKI_TRUSTED_PROXIES: readonly string[];
  readonly KUMIKI_CONNECTIONS_PER_ADDRESS?: number | undefined;
  readonly KUMIKI_BODY_MEMORY_BYTES?: number | undefined;
}): EdgeOptions {
  const { KUMIKI_CONNECTIONS_PER_ADDRESS: perAddress, KUMIKI_BODY_MEMORY_BYTES: bodyMemoryBytes } = settings;
  return {
    trustedProxies: settings.KUMIKI_TRUSTED_PROXIES,
    ...(perAddress === undefined ? {} : { connections: { perAddress } }),
    ...(bodyMemoryBytes === undefined ? {} : { bodyMemoryBytes }),
  };
}

/** The variables that a gateway in a process of its own takes them from: the reverse of `edgeOptions`. */
export function edgeVariables({ trustedProxies, connections, bodyMemoryBytes }: EdgeOptions): Record<string, string> {
  return {
    KUMIKI_TRUSTED_PROXIES: trustedProxies.join(','),
    ...(connections === undefined ? {} : { KUMIKI_CONNECTIONS_PER_ADDRESS: String(connections.perAddress) }),
    ...(bodyMemoryBytes === undefined ? {} : { KUMIKI_BODY_MEMORY_BYTES: String(bodyMemoryBytes) }),
  };
}
