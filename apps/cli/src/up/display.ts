import type { DataService, Replica, Status } from '@kumiki/api';
import type { Product } from '../product/start-product.ts';
import { colors, print, printJsonLine } from '../terminal/print.ts';
import { createBars } from './bars.ts';
import { createDataServiceChanges, isReady, isStarting } from './data-service-changes.ts';
import { onceAllReady } from './once-all-ready.ts';
import { showSecrets } from './show-secrets.ts';
import { printWelcome } from './welcome.ts';

/** The output of `kumiki up` for a person or a program. */
export interface Display {
  update(status: Status): void;
  warn(text: string): void;
  ready(product: Product, startMs: number): Promise<void>;
  stopping(): void;
  stopped(): void;
}

export function createDisplay(json: boolean): Display {
  return json ? jsonDisplay() : textDisplay();
}

function jsonDisplay(): Display {
  const changes = createChanges();
  const dataChanges = createDataServiceChanges();
  const allReady = onceAllReady((startMs) => printJsonLine({ type: 'all_ready', start_ms: Math.round(startMs) }));
  return {
    update(status) {
      for (const { name, state, reason } of dataChanges.since(status.data_services)) {
        printJsonLine({ type: 'data_service', name, state, reason });
      }
      allReady.update(status);
      for (const { replica } of changes.since(status)) {
        const { id, service, model, phase, progress, restarts, reason } = replica;
        printJsonLine({ type: 'replica', id, service, model, phase, progress, restarts, reason });
      }
    },
    warn: (message) => printJsonLine({ type: 'warning', message }),
    async ready(product, startMs) {
      const { runtime, addresses, adminKey } = product;
      const { keyFile, linkFile } = await showSecrets(product, false);
      const status = runtime.status();
      printJsonLine({
        type: 'ready',
        url: `${addresses.shown}/v1`,
        local_url: `${addresses.local}/v1`,
        api_key_is_new: adminKey.isNew,
        api_key_file: keyFile,
        console_url_file: linkFile,
        start_ms: Math.round(startMs),
        starting: status.data_services.filter((service) => !isReady(service)).map(({ name }) => name),
        status,
      });
      allReady.begin(status, startMs);
    },
    stopping: () => printJsonLine({ type: 'stopping' }),
    stopped: () => printJsonLine({ type: 'stopped' }),
  };
}

/** Bars on a terminal while models load, lines elsewhere and afterwards. */
function textDisplay(): Display {
  const changes = createChanges();
  const dataChanges = createDataServiceChanges();
  const allReady = onceAllReady(() => print(`${colors.green('●')} everything is ready`));
  const bars = process.stdout.isTTY ? createBars(process.stdout) : null;
  let loading = bars !== null;
  let ending = false;
  const stopBars = (): void => {
    if (loading) bars?.clear();
    loading = false;
  };
  // That one starts again and again is no news beside why it failed.
  const showDataServices = ({ data_services: services }: Status): void => {
    for (const service of dataChanges.since(services.filter((one) => !isStarting(one)))) print(dataLine(service));
  };
  return {
    update(status) {
      const changed = changes.since(status);
      if (ending) return;
      if (loading) {
        bars?.draw(status.services.flatMap(({ replicas }) => replicas));
        return;
      }
      for (const { replica, telling } of changed) if (telling) print(changeLine(replica));
      showDataServices(status);
      allReady.update(status);
    },
    warn(message) {
      bars?.clear();
      print(`${colors.yellow('warning:')} ${message}`);
    },
    async ready(product, startMs) {
      const told = await showSecrets(product, process.stdout.isTTY);
      stopBars();
      printWelcome(product, told, startMs);
      const status = product.runtime.status();
      if (bars !== null) showDataServices(status);
      allReady.begin(status, startMs);
    },
    stopping() {
      stopBars();
      ending = true;
      print('Finishing the answers that have begun. Ctrl-C again ends them now.');
    },
    stopped: () => print('Stopped.'),
  };
}

function dataLine({ name, state, reason }: DataService): string {
  if (state === 'ready') return `${colors.green('●')} ${name} is ready`;
  return `${colors.red('●')} ${name} failed: ${reason}`;
}

function changeLine({ id, phase, progress, reason }: Replica): string {
  if (phase === 'ready') return `${colors.green('●')} ${id} is ready`;
  if (phase === 'failed') return `${colors.red('●')} ${id} failed: ${reason}`;
  const done = progress === null || progress === 0 ? '' : ` (${Math.round(progress * 100)} %)`;
  return `${colors.yellow('●')} ${id} is ${phase}: ${reason}${done}`;
}

/** Number of progress events per replica. */
const progressSteps = 4;
/** Progress is shown only after this time, since small models load faster. */
const telltaleMs = 2_000;

interface Change {
  readonly replica: Replica;
  /** Whether to show it to a person: a new phase, or progress after a pause. */
  readonly telling: boolean;
}

/** Finds notable changes of replicas since the last call. */
function createChanges(): { since(status: Status): Change[] } {
  let seen = new Map<string, { text: string; phase: string; shownAt: number }>();
  return {
    since(status) {
      const next: typeof seen = new Map();
      const changed: Change[] = [];
      const now = performance.now();
      for (const replica of status.services.flatMap(({ replicas }) => replicas)) {
        const step = Math.floor((replica.progress ?? 0) * progressSteps);
        const text = `${replica.phase} ${replica.restarts} ${step}`;
        const phase = `${replica.phase} ${replica.restarts}`;
        const before = seen.get(replica.id);
        const telling = before?.phase !== phase || (before.text !== text && now - before.shownAt > telltaleMs);
        if (before?.text !== text) changed.push({ replica, telling });
        next.set(replica.id, { text, phase, shownAt: telling ? now : (before?.shownAt ?? now) });
      }
      seen = next;
      return changed;
    },
  };
}
