/** What TLS connections are made with. Another object means other material: connections are made again. */
export interface TlsMaterial {
  /** PEM; null for the authorities that Node trusts. */
  readonly ca: string | null;
  /** The client's certificate and key as PEM, or null. */
  readonly certificate: string | null;
  readonly key: string | null;
  /** The name that the server's certificate is checked for instead of the host of the URL, or null. */
  readonly serverName: string | null;
  /** Whether the server's certificate is not checked. Only a kubeconfig that says so sets it. */
  readonly insecure: boolean;
}

export interface Credentials {
  readonly tls: TlsMaterial;
  /** The header of that name, or null. */
  readonly authorization: string | null;
}

/** Where an API server is, and how this process signs in. */
export interface KubeAccess {
  /** Origin, and a path where the server is behind a prefix: `https://10.0.0.1:6443`. */
  readonly server: string;
  /** The namespace of the context, or of the pod that this process runs in. */
  readonly namespace: string;
  /**
   * Read again as files change and tokens end. Throws KubeAccessError where there are none; the last ones stay in use
   * while a file cannot be read.
   */
  credentials(): Promise<Credentials>;
  /** Reads everything again at the next call: the server has refused these. */
  reload(): void;
}

/** A kubeconfig, a file that it names or a program that it runs cannot be used. */
export class KubeAccessError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KubeAccessError';
  }
}
