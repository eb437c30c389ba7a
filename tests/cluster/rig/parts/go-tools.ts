import type { Part } from './part.ts';
import { runGo } from './run-go.ts';

/** The largest takes nine minutes beside a load of twelve on two cores. */
const buildLimitMs = 30 * 60_000;

/** The cluster's name server. */
export const coreDns = goTool('coredns', 'github.com/coredns/coredns', '1.14.3', '2 to 9 minutes');
/** Enforces NetworkPolicies. */
export const kubeRouter = goTool(
  'kube-router',
  'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router',
  '2.1.0',
  '1 to 3 minutes',
);
export const helm = goTool('helm', 'helm.sh/helm/v4/cmd/helm', '4.3.1', '1 to 5 minutes');

/** A program that `go install` builds. Go compares each module with its public table of sums. */
function goTool(name: string, path: string, version: string, takes: string): Part {
  return {
    name,
    version,
    takes,
    async build(folder) {
      const args = ['install', '-trimpath', '-ldflags', '-s -w', `${path}@v${version}`];
      await runGo(args, folder, buildLimitMs, { GOBIN: folder });
    },
  };
}
