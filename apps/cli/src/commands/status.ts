import { type DataService, pathTo, type Replica, type ServiceStatus, type Status, whatThereIs } from '@kumiki/api';
import { writeYaml } from '@kumiki/manifest';
import { connect, type ConnectionFlags } from '../client/connect.ts';
import { callJson } from '../client/http-client.ts';
import { CliError } from '../host/cli-error.ts';
import { formatAge, formatBytes } from '../terminal/format.ts';
import { colors, print, printJson } from '../terminal/print.ts';
import { formatTable } from '../terminal/table.ts';

interface StatusFlags extends ConnectionFlags {
  readonly json?: boolean;
  readonly output?: 'json' | 'yaml';
}

export async function showStatus(service: string | undefined, flags: StatusFlags): Promise<void> {
  const status = await callJson<Status>(connect(flags), pathTo('/v1/kumiki/status'));
  const value = service === undefined ? status : findService(status, service);
  if (flags.json === true || flags.output === 'json') printJson(value);
  else if (flags.output === 'yaml') process.stdout.write(writeYaml(value));
  else if (value.object === 'kumiki.service') printServices([value]);
  else if (value.object === 'kumiki.data_service') printDataServices([value]);
  else printStatus(value);
}

/** A model service, or one of those beside them. */
function findService({ services, data_services: others }: Status, name: string): ServiceStatus | DataService {
  const found =
    services.find(({ manifest }) => manifest.metadata.name === name) ?? others.find((other) => other.name === name);
  if (found !== undefined) return found;
  const known = [...services.map(({ manifest }) => manifest.metadata.name), ...others.map((other) => other.name)];
  throw new CliError(`There is no service '${name}'.${whatThereIs(name, known)}`);
}

function printStatus(status: Status): void {
  const age = formatAge(Date.now() / 1_000 - status.started_at);
  const where = status.home === null ? '' : `, process ${status.pid}, state in ${status.home}`;
  print(`Kumiki ${status.version} at ${colors.cyan(`${status.url}/v1`)} for ${age}${where}`);
  print();
  if (status.services.length === 0) print("No service runs. Create one with 'kumiki apply -f <manifest>'.");
  else printServices(status.services);
  if (status.data_services.length === 0) return;
  print();
  printDataServices(status.data_services);
}

const stateColors = { ready: colors.green, starting: colors.yellow, failed: colors.red } as const;

function printDataServices(services: readonly DataService[]): void {
  print(
    formatTable(
      ['PROCESS', 'STATE', 'PID', 'MEMORY', 'RESTARTS', 'WHY'],
      services.map(({ name, state, pid, rss_bytes: memory, restarts, reason }) => [
        name,
        stateColors[state](state),
        String(pid ?? '-'),
        memory === null ? '-' : formatBytes(memory),
        String(restarts),
        reason,
      ]),
    ),
  );
}

export function printServices(services: readonly ServiceStatus[]): void {
  print(
    formatTable(
      ['SERVICE', 'MODELS', 'TASK', 'READY', 'STATE'],
      services.map((service) => [
        service.manifest.metadata.name,
        `${shortList(service.models)}${service.simulated ? ' (simulated)' : ''}`,
        service.manifest.spec.task,
        `${service.ready}/${service.desired}`,
        stateOf(service),
      ]),
    ),
  );
  const replicas = services.flatMap((service) => service.replicas);
  if (replicas.length === 0) return;
  print();
  print(
    formatTable(
      ['REPLICA', 'PHASE', 'PID', 'RUNNING', 'WAITING', 'MEMORY', 'RESTARTS', 'AGE', 'WHY'],
      replicas.map(replicaRow),
    ),
  );
}

const shownNames = 3;

function shortList(names: readonly string[]): string {
  const rest = names.length - shownNames;
  return rest > 0 ? `${names.slice(0, shownNames).join(', ')} and ${rest} more` : names.join(', ');
}

/** The message of the most important condition. */
function stateOf({ conditions }: ServiceStatus): string {
  const of = (type: string) => conditions.find((condition) => condition.type === type);
  const degraded = of('Degraded');
  if (degraded?.status === 'True') return colors.red(`Degraded: ${degraded.message}`);
  const progressing = of('Progressing');
  if (progressing?.status === 'True') return colors.yellow(`${progressing.reason}: ${progressing.message}`);
  const ready = of('Ready');
  return ready?.status === 'True' ? colors.green(ready.reason) : colors.red(ready?.message ?? 'unknown');
}

const phaseColors = {
  ready: colors.green,
  starting: colors.yellow,
  draining: colors.yellow,
  failed: colors.red,
  stopped: colors.dim,
} as const;

function replicaRow(replica: Replica): string[] {
  const progress = replica.progress === null ? '' : ` ${Math.round(replica.progress * 100)} %`;
  return [
    replica.id,
    phaseColors[replica.phase](`${replica.phase}${progress}`),
    String(replica.pid ?? '-'),
    String(replica.running ?? '-'),
    String(replica.waiting ?? '-'),
    replica.rss_bytes === null ? '-' : formatBytes(replica.rss_bytes),
    String(replica.restarts),
    replica.started_at === null ? '-' : formatAge(Date.now() / 1_000 - replica.started_at),
    replica.phase === 'ready' && replica.pid !== null ? '' : replica.reason,
  ];
}
