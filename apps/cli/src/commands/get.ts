import { pathTo, type ServiceStatus } from '@kumiki/api';
import { listManifests, writeManifests } from '@kumiki/manifest';
import { connect, type ConnectionFlags } from '../client/connect.ts';
import { callJson } from '../client/http-client.ts';
import { printJson } from '../terminal/print.ts';

/** Prints manifests that `kumiki apply` accepts unchanged. */
export async function getManifests(
  service: string | undefined,
  flags: ConnectionFlags & { readonly json?: boolean },
): Promise<void> {
  const connection = connect(flags);
  const path = pathTo('/v1/kumiki/services');
  const services =
    service === undefined
      ? (await callJson<{ data: ServiceStatus[] }>(connection, path)).data
      : [await callJson<ServiceStatus>(connection, pathTo('/v1/kumiki/services/:service', { service }))];
  const manifests = services.map(({ manifest }) => manifest);
  if (flags.json === true) printJson(listManifests(manifests));
  else process.stdout.write(writeManifests(manifests));
}
