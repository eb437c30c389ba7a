/** The cluster that a gateway looks for models in. */
export interface DiscoverySource {
  /** The namespaces that are watched; all of them when empty. */
  readonly namespaces: readonly string[];
  /** Where this gateway keeps the routes that it saw last. */
  readonly keptFile: string;
  /** Of the process: where the API server is and how to prove oneself there. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}
