import { type ApplyResult, pathTo, type ServiceStatus } from '@kumiki/api';
import { connect, type ConnectionFlags } from '../client/connect.ts';
import { callJson } from '../client/http-client.ts';
import { CliError } from '../host/cli-error.ts';
import { listAsOperator } from '../manifests/list-as-operator.ts';
import { loadManifests } from '../manifests/load-manifests.ts';
import { print, printJson } from '../terminal/print.ts';

type Flags = ConnectionFlags & { readonly json?: boolean };

const pathOf = (name: string): string => pathTo('/v1/kumiki/services/:service', { service: name });

export async function applyManifests(flags: Flags & { readonly file: readonly string[] }): Promise<void> {
  const manifests = await loadManifests(flags.file);
  const connection = connect(flags);
  if (connection.home !== null) await listAsOperator(connection.home, manifests);
  const result = await callJson<ApplyResult>(connection, pathTo('/v1/kumiki/services'), {
    method: 'POST',
    body: { manifests },
  });
  if (flags.json === true) return printJson(result);
  for (const { name, change } of result.data) print(`modelservice/${name} ${change}`);
}

export async function scaleService(name: string, replicas: number, flags: Flags): Promise<void> {
  const service = await callJson<ServiceStatus>(connect(flags), `${pathOf(name)}/scale`, {
    method: 'POST',
    body: { replicas },
  });
  if (flags.json === true) return printJson(service);
  print(`modelservice/${name} scaled: ${service.ready} ready, ${service.desired} wanted`);
}

export async function restartService(name: string, flags: Flags): Promise<void> {
  const service = await callJson<ServiceStatus>(connect(flags), `${pathOf(name)}/restart`, {
    method: 'POST',
    body: {},
  });
  if (flags.json === true) return printJson(service);
  print(`modelservice/${name} restarts as revision ${service.revision}`);
}

/** Deletes services by name, or those in manifests. */
export async function deleteServices(
  given: readonly string[],
  flags: Flags & { readonly file?: readonly string[] },
): Promise<void> {
  const manifests = flags.file === undefined ? [] : await loadManifests(flags.file);
  const named = manifests.map(({ metadata }) => metadata.name);
  const names = new Set([...given, ...named]);
  if (names.size === 0) throw new CliError('There is nothing to delete. Name a service, or manifests with --file.', 2);
  const connection = connect(flags);
  const results: unknown[] = [];
  for (const name of names) {
    results.push(await callJson(connection, pathOf(name), { method: 'DELETE' }));
    if (flags.json !== true) print(`modelservice/${name} deleted`);
  }
  if (flags.json === true) printJson({ object: 'list', data: results });
}
