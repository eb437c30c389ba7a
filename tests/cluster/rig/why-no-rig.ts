import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What the rig calls and does not bring along. */
const commands = ['go', 'ip', 'nsenter', 'unshare', 'flock', 'openssl', 'tar', 'sysctl', 'apt-get', 'dpkg'];

/** Why a cluster cannot be started on this machine; null when it can. */
export function whyNoRig(): string | null {
  if (process.platform !== 'linux') return 'a test cluster is made of what Linux has';
  if (process.getuid?.() !== 0) return 'a test cluster makes namespaces and control groups, which only root may';
  if (!existsSync('/etc/debian_version')) return 'the parts of a test cluster come from Debian packages';
  const missing = commands.filter((command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0);
  if (missing.length > 0) return `${missing.join(', ')} must be on the path for a test cluster`;
  return null;
}
