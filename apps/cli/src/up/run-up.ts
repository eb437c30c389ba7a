import type { Status } from '@kumiki/api';
import { demoManifestPath, describeRunning, findRunning } from '@kumiki/local';
import { CliError } from '../host/cli-error.ts';
import type { CliHost } from '../host/cli-host.ts';
import { readCliConfig } from '../host/config.ts';
import { listAsOperator } from '../manifests/list-as-operator.ts';
import { loadManifests } from '../manifests/load-manifests.ts';
import { judgeExposure } from '../product/judge-exposure.ts';
import { type Product, startProduct } from '../product/start-product.ts';
import { createDisplay, type Display } from './display.ts';
import { requireFreePort } from './free-port.ts';
import { type Interrupts, watchInterrupts } from './interrupts.ts';

export interface RunUpOptions {
  readonly file?: readonly string[];
  readonly port: number;
  readonly host: string;
  readonly publicUrl?: string;
  readonly home?: string;
  readonly json?: boolean;
}

/** Starts the product, shows its progress, and runs it until it is interrupted. */
export async function runUp(options: RunUpOptions, host: CliHost): Promise<void> {
  const startedAt = performance.now();
  const config = readCliConfig();
  const home = options.home ?? config.home;
  requireAlone(home);
  const manifests = await loadManifests(options.file ?? [demoManifestPath]);
  await requireFreePort(options.host, options.port);
  if (options.file !== undefined) await listAsOperator(home, manifests);
  using interrupts = watchInterrupts(host);
  const display = createDisplay(options.json === true);
  const publicUrl = options.publicUrl ?? config.publicUrl;
  const product = await startProduct({
    home,
    host: options.host,
    port: options.port,
    publicUrl,
    firstServices: manifests,
    services: options.file === undefined ? [] : manifests,
    postgresUrl: config.postgresUrl,
    edge: config.edge,
  });
  try {
    for (const report of product.reports) display.warn(report);
    const exposure = judgeExposure({ host: options.host, port: product.port, publicUrl });
    if (exposure !== null) display.warn(exposure);
    await showStart(product, display, interrupts);
    if (!interrupts.asked()) await display.ready(product, performance.now() - startedAt);
    await interrupts.first;
    display.stopping();
  } finally {
    await product.stop();
  }
  display.stopped();
}

function requireAlone(home: string): void {
  const running = findRunning(home);
  if (running !== null) throw new CliError(`${describeRunning(home, running)}.`);
}

/** Shows all further changes; resolves when all services serve or have failed, or at an interrupt. */
function showStart({ runtime }: Product, display: Display, interrupts: Interrupts): Promise<unknown> {
  const started = new Promise<void>((resolve) => {
    const look = (): void => {
      const status = runtime.status();
      display.update(status);
      if (hasStarted(status)) resolve();
    };
    runtime.onChange(look);
    look();
  });
  return Promise.race([started, interrupts.first]);
}

function hasStarted({ services }: Status): boolean {
  return services.every(({ conditions }) => {
    const is = (type: string): boolean => conditions.find((one) => one.type === type)?.status === 'True';
    return is('Degraded') || (is('Ready') && !is('Progressing'));
  });
}
