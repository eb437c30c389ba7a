import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@kumiki/testing';
import type { ClusterPlace } from './cluster-place.ts';
import { createControlGroups, freezeGroup, killGroup, thawGroup } from './control-groups.ts';
import { launchInGroup, onlyChild } from './launch.ts';
import { joinNetwork, setLink } from './network.ts';
import { dropFrom, dropShare, passAll } from './packet-filter.ts';
import { runCommand } from './run-command.ts';

const beginLimitMs = 30_000;
const endLimitMs = 30_000;

/** What a program of a machine is called, where it lies and how it is started. */
export interface MachineProcess {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface MachineSpec {
  readonly place: ClusterPlace;
  readonly name: string;
  readonly address: string;
  /** Variables of every process, the path to the rig's programs among them. */
  readonly env: Readonly<Record<string, string>>;
  /** The first process, which collects those whose parents have ended. */
  readonly init: string;
}

/**
 * A machine of the cluster: namespaces for network, processes and mounts, and a control group. When its first process is
 * killed the kernel ends all others, and the mounts of its pods go with them, so that no mount is ever left on the host.
 */
export interface Machine {
  readonly name: string;
  readonly address: string;
  /** Files of the machine, as seen from outside: `lib` is its `/var/lib`, `log` its `/var/log`. */
  readonly folder: string;
  /** Makes the network and the control group, and starts the machine without any program. */
  create(): Promise<void>;
  /** Starts a program that runs until the machine ends or it is killed. Its output is in `logs/` below the folder. */
  start(program: MachineProcess): void;
  /** Runs a command inside to its end. */
  run(command: string, ...args: readonly string[]): Promise<string>;
  /** Kills one program, by SIGKILL, and waits until it is gone. */
  kill(program: string): Promise<void>;
  /** Starts a killed program again as it was. */
  startAgain(program: string): void;
  /** Stops everything where it stands, pods included, until `resume`. */
  pause(): void;
  resume(): void;
  cutLink(): Promise<void>;
  healLink(): Promise<void>;
  /** As a power cut does: everything ends at once. What was written stays. */
  crash(): Promise<void>;
  /** Starts a crashed machine and its programs. */
  boot(): Promise<void>;
  /** Ignores what comes from an address, as a firewall does, until `heal`. */
  dropFrom(address: string): Promise<void>;
  /** Loses that share of incoming packets, by chance, until `heal`. */
  loseShare(share: number): Promise<void>;
  heal(): Promise<void>;
}

/** Takes a machine by its name, whether this process or another created it. */
export function openMachine({ place, name, address, env, init }: MachineSpec): Machine {
  const id = `${place.id}-${name}`;
  const folder = join(place.folder, name);
  const initFile = join(folder, 'init.pid');
  const programFile = (program: string): string => join(folder, 'programs', `${program}.json`);
  const variables = { ...env, HOME: '/var/lib', LANG: 'C.UTF-8' };

  const initPid = (): number => Number(readFileSync(initFile, 'utf8'));
  const inside = (): string[] => ['--target', String(initPid()), '--net', '--mount', '--pid', '--uts'];
  const run = (command: string, ...args: readonly string[]): Promise<string> =>
    runCommand('nsenter', [...inside(), command, ...args], { env: variables });

  const launch = (log: string, command: string, args: readonly string[]): number =>
    launchInGroup(id, { log: join(folder, 'logs', `${log}.log`), command, args, env: variables });

  async function begin(): Promise<void> {
    const ready = join(folder, 'ready');
    rmSync(ready, { force: true });
    const isolation = ['--pid', '--mount', '--propagation=private', '--mount-proc', '--uts', '--fork', '--kill-child'];
    const command = [init, '--', 'sh', '-ec', beginScript, name, folder];
    const outer = launch('init', 'nsenter', [`--net=/run/netns/${id}`, 'unshare', ...isolation, ...command]);
    await until(`the machine ${id} has begun (${folder}/logs)`, beginLimitMs, () => existsSync(ready));
    writeFileSync(initFile, String(onlyChild(outer)));
  }

  function start(program: MachineProcess): void {
    const outer = launch(program.name, 'nsenter', [...inside(), program.command, ...program.args]);
    writeFileSync(programFile(program.name), JSON.stringify({ ...program, outer }));
  }

  const recall = (program: string): MachineProcess & { readonly outer: number } =>
    JSON.parse(readFileSync(programFile(program), 'utf8')) as MachineProcess & { readonly outer: number };

  return {
    name,
    address,
    folder,
    start,
    run,
    async create() {
      for (const part of ['lib', 'log', 'logs', 'programs']) mkdirSync(join(folder, part), { recursive: true });
      createControlGroups(id);
      await joinNetwork(place, name, address);
      await begin();
    },
    async kill(program) {
      const { outer } = recall(program);
      const pid = onlyChild(outer);
      process.kill(pid, 'SIGKILL');
      await until(`${program} of ${id} has ended`, endLimitMs, () => !existsSync(`/proc/${pid}`));
    },
    startAgain: (program) => start(recall(program)),
    pause: () => freezeGroup(id),
    resume: () => thawGroup(id),
    cutLink: () => setLink(place, name, 'down'),
    healLink: () => setLink(place, name, 'up'),
    crash: () => killGroup(id),
    async boot() {
      await begin();
      for (const file of readdirSync(join(folder, 'programs'))) start(recall(file.replace(/\.json$/, '')));
    },
    dropFrom: (from) => dropFrom(run, from),
    loseShare: (share) => dropShare(run, share),
    heal: () => passAll(run),
  };
}

/** What the first process does: a `/run`, `/var/lib` and `/var/log` of the machine's own, whose mounts its pods may see. */
const beginScript = `
mount --bind "$1/lib" /var/lib
mount --bind "$1/log" /var/log
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/netns
mount --make-rshared /
hostname "$0"
touch "$1/ready"
exec sleep infinity`;
