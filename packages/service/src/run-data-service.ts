import { readFileSync } from 'node:fs';
import type { Registry } from 'prom-client';
import type { DataServiceConfig } from './data-service-config.ts';
import { createGatewayClient, type GatewayClient } from './gateway-client.ts';
import { createLog, type Log } from './log.ts';
import { runService } from './run-service.ts';

/** What a service with a database is started with. */
export interface DataServiceParts<Database> {
  readonly database: Database;
  /** The way to models and to other services, with a key of the role `service`. */
  readonly gateway: GatewayClient;
  /** What the gateway proves itself with. */
  readonly token: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly log: Log;
}

/** A service with a database, once it listens. */
export interface RunningDataService {
  readonly port: number;
  readonly metrics: Registry;
  /** Leaves its work to other replicas, and waits until its requests have ended, at most so long. */
  drain(limitMs: number): Promise<void>;
  /** Ends everything now; the database and the gateway's client stay open. */
  close(): Promise<void>;
}

export interface DataServiceOptions<Database, Config> {
  readonly name: string;
  /** Ends the process; only a main file may. */
  readonly exit: (status: number) => void;
  readonly readConfig: () => Config;
  readonly openDatabase: (at: { readonly url: string; readonly applicationName: string }) => Database;
  readonly start: (parts: DataServiceParts<Database>, config: Config) => Promise<RunningDataService>;
}

/** The life of a process that serves from a database, behind the gateway and back through it. */
export function runDataService<Database extends { close(): Promise<unknown> }, Config extends DataServiceConfig>(
  options: DataServiceOptions<Database, Config>,
): Promise<void> {
  const { name, exit } = options;
  return runService(name, exit, async () => {
    const config = options.readConfig();
    const log = createLog({ service: name, level: config.KUMIKI_LOG_LEVEL });
    const database = options.openDatabase({ url: config.postgresUrl, applicationName: `kumiki-${name}` });
    const gateway = createGatewayClient({
      url: config.KUMIKI_GATEWAY_URL,
      key: () => readFileSync(config.KUMIKI_SERVICE_KEY_FILE, 'utf8').trim(),
    });
    const { token, KUMIKI_LISTEN_HOST: host, KUMIKI_LISTEN_PORT: port } = config;
    const service = await options.start({ database, gateway, token, host, port, log }, config);
    return {
      log,
      port: service.port,
      ops: { host: config.KUMIKI_OPS_HOST, port: config.KUMIKI_OPS_PORT, metrics: service.metrics },
      drainMs: config.KUMIKI_DRAIN_MS,
      drain: service.drain,
      close: () => service.close().then(() => database.close()),
    };
  });
}
