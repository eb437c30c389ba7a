/** An address of this machine, as the system lists it. */
export interface MachineAddress {
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  /** It leads nowhere but to this machine. */
  readonly internal: boolean;
}

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Origin that somebody said browsers reach it by; null when nobody did. */
  readonly publicUrl: string | null;
}

/** Where the product is reached, without `/v1`. */
export interface Addresses {
  /** By programs on this machine. */
  readonly local: string;
  /** By everybody who may reach it, the best guess first. */
  readonly shown: string;
  /** Ways beside it. */
  readonly others: readonly string[];
  readonly configured: boolean;
}

/** Most addresses that are shown; a machine with more has networks that clients do not use. */
const maxOthers = 8;

/**
 * The addresses at which other machines reach a wildcard listener: IPv4 first, without those that need an interface
 * name.
 */
export function chooseAddresses({ host, port, publicUrl }: Listening, machine: readonly MachineAddress[]): Addresses {
  const url = (address: string): string => `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  const local = url(isWildcard(host) ? '127.0.0.1' : host);
  const reached = isWildcard(host) ? outsideAddresses(host, machine).map(url) : [local];
  const ways = [...(publicUrl === null ? [] : [publicUrl]), ...reached, local];
  const [shown = local, ...others] = new Set(ways);
  return { local, shown, others: others.slice(0, maxOthers), configured: publicUrl !== null };
}

function outsideAddresses(host: string, machine: readonly MachineAddress[]): string[] {
  const outside = machine.filter(({ internal, address }) => !internal && !address.toLowerCase().startsWith('fe80:'));
  const ofFamily = (wanted: MachineAddress['family']): string[] =>
    outside.filter(({ family }) => family === wanted).map(({ address }) => address);
  return host === '0.0.0.0' ? ofFamily('IPv4') : [...ofFamily('IPv4'), ...ofFamily('IPv6')];
}

export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || (/^[0:]+$/.test(host) && host.includes('::'));
}

/** Whether nobody but this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
