import { isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

const isAddress = (value: string): boolean => isIP(value) !== 0;
const isPort = (value: string): boolean => /^\d{1,5}$/.test(value);
const isEndpoint = (value: string): boolean => /^(?:tcp|udp|sctp):\/\/[^\s/]{1,255}:\d{1,5}$/.test(value);
const isProtocol = (value: string): boolean => /^(?:tcp|udp|sctp)$/.test(value);

/**
 * Suffixes of the variables that Kubernetes sets for a Service in every container of its namespace (the format of
 * Docker links).
 */
const suffixes: readonly { readonly name: RegExp; readonly fits: (value: string) => boolean }[] = [
  { name: /^_SERVICE_HOST$/, fits: isAddress },
  { name: /^_SERVICE_PORT(?:_[A-Z0-9_]+)?$/, fits: isPort },
  { name: /^_PORT$/, fits: isEndpoint },
  { name: /^_PORT_\d{1,5}_(?:TCP|UDP|SCTP)$/, fits: isEndpoint },
  { name: /^_PORT_\d{1,5}_(?:TCP|UDP|SCTP)_PROTO$/, fits: isProtocol },
  { name: /^_PORT_\d{1,5}_(?:TCP|UDP|SCTP)_PORT$/, fits: isPort },
  { name: /^_PORT_\d{1,5}_(?:TCP|UDP|SCTP)_ADDR$/, fits: isAddress },
];

const hostSuffix = '_SERVICE_HOST';

/**
 * Names of the variables that Kubernetes set for Services whose names begin like our settings. They are recognised by
 * name, by value and by the presence of the Service's other variables (address and port), which a misspelt setting does
 * not have.
 */
export function injectedVariables(environment: Environment, prefix: string): ReadonlySet<string> {
  const names = Object.keys(environment).filter((name) => name.startsWith(prefix));
  const services = names
    .filter((name) => name.endsWith(hostSuffix) && isAddress(environment[name] ?? ''))
    .map((name) => name.slice(0, -hostSuffix.length))
    .filter((service) => isPort(environment[`${service}_SERVICE_PORT`] ?? ''));
  const isInjected = (name: string): boolean =>
    services.some(
      (service) =>
        name.startsWith(service) &&
        suffixes.some((suffix) => suffix.name.test(name.slice(service.length)) && suffix.fits(environment[name] ?? '')),
    );
  return new Set(names.filter(isInjected));
}
