import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@kumiki/testing';
import { type ClusterPlace, addressIn, controlHost, serviceAddress } from '../host/cluster-place.ts';
import { type Machine, type MachineProcess, openMachine } from '../host/machine.ts';
import { runCommand } from '../host/run-command.ts';
import { programVariables, programs } from '../parts/installed-parts.ts';
import { type Authority, createAuthority } from './certificates.ts';
import { writeKubeconfig } from './write-kubeconfig.ts';

/** Three seconds on an idle machine. */
const readyLimitMs = 180_000;
/** Of the audit log, in megabytes; what is older than two files of it is gone. */
const auditLogMegabytes = 200;

const etcdUrl = 'http://127.0.0.1:2379';

export interface ControlPlane {
  readonly machine: Machine;
  readonly authority: Authority;
  readonly server: string;
  /** Of a member of `system:masters`. */
  readonly adminConfig: string;
}

export function controlMachine(place: ClusterPlace): Machine {
  const init = programs.debian('usr/bin/tini-static');
  return openMachine({ place, name: 'control', address: addressIn(place, controlHost), env: programVariables(), init });
}

export function adminConfigOf(place: ClusterPlace): string {
  return join(place.folder, 'access', 'admin.json');
}

export function auditLogOf(place: ClusterPlace): string {
  return join(place.folder, 'control', 'log', 'audit.log');
}

/** Starts etcd, the API server, the controllers and the scheduler; ready when the API server says so. */
export async function startControlPlane(place: ClusterPlace): Promise<ControlPlane> {
  const machine = controlMachine(place);
  const server = `https://${machine.address}:6443`;
  const access = join(place.folder, 'access');
  const [authority] = await Promise.all([createAuthority(access), machine.create()]);
  machine.start({ name: 'etcd', command: programs.debian('usr/bin/etcd'), args: etcdArguments });
  const policy = join(access, 'audit-policy.json');
  writeFileSync(policy, JSON.stringify(auditPolicy));
  const config = (name: string, user: string, group?: string): Promise<string> =>
    writeKubeconfig(join(access, `${name}.json`), server, authority, { name, user, ...(group && { group }) });
  const [serverArguments, adminConfig, controllerConfig, schedulerConfig] = await Promise.all([
    apiServerArguments(place, machine.address, authority, policy),
    config('admin', 'admin', 'system:masters'),
    config('controllers', 'system:kube-controller-manager'),
    config('scheduler', 'system:kube-scheduler'),
  ]);
  machine.start({ name: 'kube-apiserver', command: programs.kubernetes('kube-apiserver'), args: serverArguments });
  const controllerFlags = [...delegated(controllerConfig), ...controllerArguments(authority)];
  machine.start(onceReady('kube-controller-manager', adminConfig, controllerFlags));
  machine.start(onceReady('kube-scheduler', adminConfig, [...delegated(schedulerConfig), '--leader-elect=false']));
  await until(`the API server is ready (${machine.folder}/logs)`, readyLimitMs, () => isReady(adminConfig));
  return { machine, authority, server, adminConfig };
}

/** Asks the API server whether it is ready. */
const readiness = (config: string): string[] => [
  '--kubeconfig',
  config,
  '--request-timeout=5s',
  'get',
  '--raw',
  '/readyz',
];

async function isReady(config: string): Promise<boolean> {
  return runCommand(programs.kubernetes('kubectl'), readiness(config)).then(
    () => true,
    () => false,
  );
}

/** A program that gives up when the API server is not there in time, and so waits for it first. */
function onceReady(name: string, config: string, args: readonly string[]): MachineProcess {
  const ask = [programs.kubernetes('kubectl'), ...readiness(config)].join(' ');
  const script = `until ${ask} > /dev/null 2>&1; do sleep 0.5; done; exec "$@"`;
  return { name, command: 'sh', args: ['-c', script, name, programs.kubernetes(name), ...args] };
}

/** A cluster that is thrown away does not wait for the disk. */
const etcdArguments = [
  '--data-dir=/var/lib/etcd',
  `--listen-client-urls=${etcdUrl}`,
  `--advertise-client-urls=${etcdUrl}`,
  '--listen-peer-urls=http://127.0.0.1:2380',
  '--unsafe-no-fsync',
  '--log-level=warn',
];

/** Who asked for what, of every request, without the bodies. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

const delegated = (config: string): string[] =>
  ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map((name) => `--${name}=${config}`);

async function apiServerArguments(
  place: ClusterPlace,
  address: string,
  authority: Authority,
  policy: string,
): Promise<string[]> {
  const names = ['', '.default', '.default.svc', '.default.svc.cluster.local'].map((end) => `DNS:kubernetes${end}`);
  const addresses = [address, '127.0.0.1', serviceAddress(place, 1)].map((one) => `IP:${one}`);
  const [serving, proxy, kubelet] = await Promise.all([
    authority.issue({ name: 'api-server', user: 'kube-apiserver', reachedBy: [...addresses, ...names] }),
    authority.issue({ name: 'front-proxy', user: 'front-proxy-client' }),
    authority.issue({ name: 'kubelet-client', user: 'kube-apiserver-kubelet-client', group: 'system:masters' }),
  ]);
  const flags: Record<string, string> = {
    'etcd-servers': etcdUrl,
    'secure-port': '6443',
    'bind-address': '0.0.0.0',
    'advertise-address': address,
    'service-cluster-ip-range': place.serviceRange,
    'tls-cert-file': serving.certificate,
    'tls-private-key-file': serving.key,
    'client-ca-file': authority.certificate,
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': authority.accountPublicKey,
    'service-account-signing-key-file': authority.accountKey,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': 'true',
    // Aggregated APIs and webhooks are reached at their pods, since no kube-proxy runs beside the API server.
    'enable-aggregator-routing': 'true',
    'requestheader-client-ca-file': authority.certificate,
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'proxy-client-cert-file': proxy.certificate,
    'proxy-client-key-file': proxy.key,
    'kubelet-client-certificate': kubelet.certificate,
    'kubelet-client-key': kubelet.key,
    'kubelet-certificate-authority': authority.certificate,
    'kubelet-preferred-address-types': 'InternalIP',
    'audit-policy-file': policy,
    'audit-log-path': '/var/log/audit.log',
    'audit-log-maxsize': String(auditLogMegabytes),
    'audit-log-maxbackup': '1',
  };
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}

/** Pod addresses are fixed for each node by the rig, so that no controller hands them out. */
const controllerArguments = (authority: Authority): string[] => [
  `--service-account-private-key-file=${authority.accountKey}`,
  `--root-ca-file=${authority.certificate}`,
  `--cluster-signing-cert-file=${authority.certificate}`,
  `--cluster-signing-key-file=${join(authority.folder, 'ca.key')}`,
  `--requestheader-client-ca-file=${authority.certificate}`,
  '--use-service-account-credentials',
  '--allocate-node-cidrs=false',
  '--leader-elect=false',
];
