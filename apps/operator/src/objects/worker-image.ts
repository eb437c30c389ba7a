/** What the objects of a service depend on besides its manifest: how Kumiki is installed. */
export interface Installed {
  /** The image that workers run, which is that of the operator itself. */
  readonly image: string;
  readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  readonly imagePullSecrets: readonly string[];
  /** Where the gateways are. */
  readonly namespace: string;
  readonly logLevel: string;
}
