import { fileURLToPath } from 'node:url';
import type { Callers, Gateways } from '@kumiki/control';
import type { Log } from '@kumiki/service';
import type { Control } from './control/start-control.ts';
import type { LocalRuntime } from './runtime/runtime.ts';

export { defaultHome } from './host/config.ts';
export { writeFileAtomic } from '@kumiki/service/folder';
export type { Control } from './control/start-control.ts';
export { describeRunning } from '@kumiki/service/folder';
export { holdHome } from './home/hold-home.ts';
export { homePaths, openHome } from './home/home-folder.ts';
export { findRunning, type Running } from '@kumiki/service/folder';
export { openSecretStore, type SecretEntry } from './home/secret-store.ts';
export { readStoredManifests } from './home/stored-manifests.ts';
export { editEgressList, readEgressList, spellRule, withRules } from './home/egress-list.ts';
export { editModelList, readModelList, withPaths } from './home/model-list.ts';
export { listModelsOf } from './sources/model-access.ts';
export { listServersOf } from './outside/list-servers.ts';
export { fullDiskError } from '@kumiki/service/folder';
export { isRunning } from '@kumiki/service/folder';
export { startLocalRuntime, type LocalRuntime, type LocalRuntimeOptions } from './runtime/runtime.ts';
export { tryModel, type TryResult } from './replicas/try-model.ts';
export { withAbsolutePaths } from './sources/absolute-paths.ts';

/** Starts the control service. Imported lazily, since its HTTP framework takes longer to load than workers to start. */
export async function startControl(
  runtime: LocalRuntime,
  gateways: Gateways,
  callers: Callers,
  log: Log,
): Promise<Control> {
  const control = await import('./control/start-control.ts');
  return control.startControl(runtime, gateways, callers, log);
}

/** The manifest of a new state folder. */
export const demoManifestPath = fileURLToPath(new URL('../manifests/demo.yaml', import.meta.url));

export type { HeldHome } from './home/hold-home.ts';
export type { RotatingLog } from './home/rotating-log.ts';
export type { ServiceProgram } from './processes/spawn-service.ts';
export { type SupervisedService, superviseService } from './processes/supervise-service.ts';
export { residentBytes } from './replicas/resident-bytes.ts';
