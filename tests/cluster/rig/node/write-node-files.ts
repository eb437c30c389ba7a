import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Authority } from '../control-plane/certificates.ts';
import { type ClusterPlace, dnsServiceHost, podSubnet, serviceAddress } from '../host/cluster-place.ts';
import { hasOneTree } from '../host/control-groups.ts';
import { programs } from '../parts/installed-parts.ts';
import { pauseImage } from '../parts/rig-images.ts';

export const containerdSocket = '/run/containerd/containerd.sock';

export interface NodeFiles {
  readonly containerd: string;
  readonly kubelet: string;
}

/** Writes what containerd, its network plugins and the kubelet of a node are configured by. */
export function writeNodeFiles(
  place: ClusterPlace,
  node: { readonly folder: string; readonly name: string; readonly number: number; readonly address: string },
  authority: Authority,
  serving: { readonly certificate: string; readonly key: string },
): NodeFiles {
  const config = join(node.folder, 'config');
  const network = join(config, 'network');
  mkdirSync(network, { recursive: true });
  const write = (path: string, value: string | object): string => {
    const file = join(config, path);
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value, null, 2));
    return file;
  };
  write('network/10-pods.conflist', podNetwork(podSubnet(place, node.number)));
  // Pods that use the node's own names find none: nothing outside is reached from here.
  const resolver = write('resolv.conf', 'nameserver 127.0.0.1\n');
  return {
    containerd: write('containerd.toml', containerdConfig(network)),
    kubelet: write('kubelet.json', {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      ...(hasOneTree ? {} : { failCgroupV1: false }),
      cgroupDriver: 'cgroupfs',
      cgroupRoot: `/${place.id}-${node.name}`,
      containerRuntimeEndpoint: `unix://${containerdSocket}`,
      address: node.address,
      readOnlyPort: 0,
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: authority.certificate },
      },
      authorization: { mode: 'Webhook' },
      tlsCertFile: serving.certificate,
      tlsPrivateKeyFile: serving.key,
      clusterDNS: [serviceAddress(place, dnsServiceHost)],
      clusterDomain: 'cluster.local',
      resolvConf: resolver,
      failSwapOn: false,
      evictionHard: { 'nodefs.available': '1%', 'imagefs.available': '1%', 'memory.available': '100Mi' },
      imageGCHighThresholdPercent: 100,
    }),
  };
}

/**
 * Each pod has a cable of its own to the node, not a bridge between them: so its packets pass the node's filters
 * even when both ends are on one node, which Services and NetworkPolicies stand on.
 */
function podNetwork(subnet: string): object {
  const ranges = [[{ subnet }]];
  const ipam = { type: 'host-local', dataDir: '/run/cni-addresses', ranges, routes: [{ dst: '0.0.0.0/0' }] };
  return {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      { type: 'ptp', ipMasq: false, ipam },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}

function containerdConfig(networkFolder: string): string {
  return `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "${containerdSocket}"
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "${pauseImage}"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["${programs.debian('usr/lib/cni')}"]
    conf_dir = "${networkFolder}"
  [plugins."io.containerd.cri.v1.runtime".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
        BinaryName = "${programs.debian('usr/sbin/runc')}"
        SystemdCgroup = false
`;
}
