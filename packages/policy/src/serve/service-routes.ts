import { allPaths, type BackendRoute, type PathOwner, prefixesOf } from '@kumiki/api';

/** Where the gateway finds a service, and what it authenticates itself with there. */
export interface ServiceAddress {
  /** Replicas, or an address in front of them; empty while the service does not listen: its paths then answer "not ready". */
  readonly urls: readonly string[];
  readonly token: string;
}

/** The gateway's routes to a service: its paths of the table. */
export function serviceRoutes(name: PathOwner, { urls, token }: ServiceAddress): BackendRoute[] {
  return prefixesOf(name).map(({ prefix, role }) => ({
    service: name,
    prefix: prefix || '/',
    ...(role === null ? { methods: openMethods(name, prefix) } : {}),
    urls,
    authorization: `Bearer ${token}`,
    role,
  }));
}

/** Routes without a key are open for the methods of their rows only, and for HEAD where there is GET. */
function openMethods(owner: PathOwner, prefix: string): string[] {
  const rows = allPaths.filter((row) => row.owner === owner && row.role === null && row.pattern.startsWith(prefix));
  return [...new Set(rows.flatMap(({ method }) => (method === 'GET' ? [method, 'HEAD'] : [method])))];
}
