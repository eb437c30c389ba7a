import { randomBytes } from 'node:crypto';
import { runCommand } from './host/run-command.ts';
import type { Rig } from './rig.ts';

/** A pod of the tests is there within seconds; a node that is found dead takes 50. */
const waitLimitSeconds = 120;
/** The service account of a new namespace. */
const accountLimitSeconds = 60;

/** A cluster that a test uses: the rig's own, or somebody's. */
export interface Cluster {
  readonly kubeconfig: string;
  /** What only the rig's own cluster can do; null elsewhere. */
  readonly rig: Rig | null;
  /** How a container of a test names an image that has busybox in it. */
  readonly busybox: { readonly image: string; readonly imagePullPolicy: string };
  /** Runs kubectl and gives what it printed. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** The same, with something on its standard input. */
  kubectlWith(input: string, ...args: readonly string[]): Promise<string>;
  /** Creates or changes objects, by server-side apply. */
  apply(...objects: readonly object[]): Promise<void>;
  /** Makes a namespace of a name of its own, in which pods may be created. */
  createNamespace(purpose: string): Promise<string>;
  /** Waits for a condition of an object, in kubectl's words: `('pod/web', 'condition=Ready', '-n', space)`. */
  waitFor(object: string, condition: string, ...args: readonly string[]): Promise<void>;
}

export interface ClusterAccess {
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly rig: Rig | null;
  readonly busybox: Cluster['busybox'];
}

export function accessCluster({ kubeconfig, kubectl: program, rig, busybox }: ClusterAccess): Cluster {
  const kubectl = (args: readonly string[], input?: string): Promise<string> =>
    runCommand(program, ['--kubeconfig', kubeconfig, ...args], {
      limitMs: (waitLimitSeconds + 30) * 1000,
      ...(input === undefined ? {} : { input }),
    });
  const waitFor: Cluster['waitFor'] = async (object, condition, ...args) => {
    await kubectl(['wait', object, `--for=${condition}`, `--timeout=${waitLimitSeconds}s`, ...args]);
  };
  return {
    kubeconfig,
    rig,
    busybox,
    kubectl: (...args) => kubectl(args),
    kubectlWith: (input, ...args) => kubectl(args, input),
    waitFor,
    async apply(...items) {
      const list = { apiVersion: 'v1', kind: 'List', items };
      await kubectl(['apply', '--server-side', '--field-manager=kumiki-test', '-f', '-'], JSON.stringify(list));
    },
    async createNamespace(purpose) {
      const name = `kumiki-test-${purpose}-${randomBytes(3).toString('hex')}`;
      await kubectl(['create', 'namespace', name]);
      await kubectl(['wait', 'sa/default', '--for=create', `--timeout=${accountLimitSeconds}s`, '-n', name]);
      return name;
    },
  };
}
