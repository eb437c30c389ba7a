import { readFileSync } from 'node:fs';
import type { Registry } from 'prom-client';
import type { DataServiceConfig } from './data-service-config.ts';
import { createGatewayClient, type GatewayClient } from './gateway-client.ts';
import { createLog, type Log } from './log.ts';
import { runService } from './run-service.ts';

/** The dependencies of a data service. */
export interface DataServiceParts<Database> {
  readonly database: Database;
  /** Client for models and other services, with a key of the role `service`. */
  readonly gateway: GatewayClient;
  /** The token that the gateway authenticates itself with. */
  readonly token: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly log: Log;
}

/** A data service that listens. */
export interface RunningDataService {
  readonly port: number;
  readonly metrics: Registry;
  /** Releases its work to other replicas, and waits up to `limitMs` for its requests to end. */
  drain(limitMs: number): Promise<void>;
  /** Ends everything now, except the database and the gateway's client. */
  close(): Promise<void>;
}

export interface DataServiceOptions<Database, Config> {
  readonly name: string;
  /** Ends the process. Passed in because only main.ts may do that. */
  readonly exit: (status: number) => void;
  readonly readConfig: () => Config;
  readonly openDatabase: (at: { readonly url: string; readonly applicationName: string }) => Database;
  readonly start: (parts: DataServiceParts<Database>, config: Config) => Promise<RunningDataService>;
}

/** Runs the process of a data service from its start to its end. */
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
