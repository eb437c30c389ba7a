import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Part } from './part.ts';
import { runGo } from './run-go.ts';

const version = '1.37.2';
/** The Go module that pins Kubernetes and everything it is built from. */
const module = fileURLToPath(new URL('../go/kubernetes/', import.meta.url));
const commands = ['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'kubectl', 'kubelet'];
/** An hour beside a load of twenty on two cores. */
const buildLimitMs = 90 * 60_000;

const pins = createHash('sha256');
for (const file of ['go.mod', 'go.sum']) pins.update(readFileSync(join(module, file)));

export const kubernetes: Part = {
  name: 'kubernetes',
  version: `${version}-${pins.digest('hex').slice(0, 8)}`,
  takes: '6 minutes on two idle cores, an hour on very busy ones',
  async build(folder) {
    const [major = '', minor = ''] = version.split('.');
    const stamps = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
    const flags = Object.entries(stamps).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
    const packages = commands.map((command) => `k8s.io/kubernetes/cmd/${command}`);
    const linked = ['-trimpath', '-ldflags', ['-s', '-w', ...flags].join(' ')];
    await runGo(['build', '-mod=readonly', ...linked, '-o', `${folder}/`, ...packages], module, buildLimitMs);
  },
};
