import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { ConfigError, readConfig } from './config.ts';

const schema = z.strictObject({
  KUMIKI_LISTEN_PORT: z.coerce.number().int().default(8_420),
  KUMIKI_SERVICE_KEY_FILE: z.string().optional(),
});
const read = (environment: Record<string, string>) => readConfig(schema, environment, 'KUMIKI_');

/** The variables that kubelet sets for a Service of that name with a named port. */
const injected = (service: string): Record<string, string> => ({
  [`${service}_SERVICE_HOST`]: '10.96.0.17',
  [`${service}_SERVICE_PORT`]: '8420',
  [`${service}_SERVICE_PORT_HTTP`]: '8420',
  [`${service}_PORT`]: 'tcp://10.96.0.17:8420',
  [`${service}_PORT_8420_TCP`]: 'tcp://10.96.0.17:8420',
  [`${service}_PORT_8420_TCP_PROTO`]: 'tcp',
  [`${service}_PORT_8420_TCP_PORT`]: '8420',
  [`${service}_PORT_8420_TCP_ADDR`]: '10.96.0.17',
});

test('what Kubernetes sets for Services stops no start, whatever they are named', () => {
  for (const service of ['KUMIKI', 'KUMIKI_GATEWAY', 'KUMIKI_GATEWAY_PORT', 'KUMIKI_A_SERVICE_PORT', 'KUMIKI_LISTEN']) {
    assert.equal(read(injected(service)).KUMIKI_LISTEN_PORT, 8_420, service);
  }
  const six = { ...injected('KUMIKI_SIX'), KUMIKI_SIX_SERVICE_HOST: 'fd00::17' };
  assert.equal(read({ ...six, KUMIKI_SIX_PORT: 'udp://[fd00::17]:53' }).KUMIKI_LISTEN_PORT, 8_420);
});

test('a setting counts beside them, and a misspelt one is still refused', () => {
  const environment = { ...injected('KUMIKI_GATEWAY'), KUMIKI_LISTEN_PORT: '9000' };
  assert.equal(read(environment).KUMIKI_LISTEN_PORT, 9_000);
  for (const [name, value] of [
    ['KUMIKI_LISTEN_PROT', '9000'],
    ['KUMIKI_LISTN_PORT', '9000'],
    ['KUMIKI_LISTN_PORT', 'tcp://10.0.0.1:80'],
    ['KUMIKI_GATEWAY_PORT', '9000'],
    ['KUMIKI_GATEWAY_SERVICE_HOST_NAME', '10.0.0.1'],
    ['KUMIKI_OTHER_SERVICE_HOST', 'localhost'],
  ] as const) {
    assert.throws(() => read({ ...environment, [name]: value }), ConfigError, `${name}=${value}`);
  }
  assert.throws(() => read({ KUMIKI_LISTEN_PORT: 'tcp://10.0.0.1:80' }), ConfigError, 'no Service has that name');
});

test('an empty setting is told to be empty, in plain words', () => {
  const schema = z.strictObject({ KUMIKI_HOME: z.string().min(1), KUMIKI_PORT: z.coerce.number().min(1).optional() });
  for (const name of ['KUMIKI_HOME', 'KUMIKI_PORT']) {
    assert.throws(
      () => readConfig(schema, { KUMIKI_HOME: '/a', [name]: '' }, 'KUMIKI_'),
      new RegExp(`^ConfigError: ${name} is empty: give it a value, or unset it\\.$`),
    );
  }
});
