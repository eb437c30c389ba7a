import type { Callers } from '@kumiki/control';
import { type FakeGateway, fakeGateway } from '@kumiki/control/testing';
import { createLog } from '@kumiki/service';
import { startControl } from '../control/start-control.ts';
import { fakeService, type FakeRuntime, startFakeRuntime } from './fake-runtime.ts';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** The control service of a runtime with fake workers, called as by the gateway. */
export interface FakeControl extends AsyncDisposable {
  readonly fake: FakeRuntime;
  readonly gateway: FakeGateway;
  /** Names of admin keys, by id. */
  readonly keyNames: Map<string, string>;
  endFollowing(): void;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** @param caller headers that name the caller. */
  call(method: string, path: string, body?: unknown, caller?: Record<string, string>): Promise<Reply>;
}

export async function startFakeControl(): Promise<FakeControl> {
  const fake = await startFakeRuntime([fakeService('shop', 'behaves')]);
  const gateway = fakeGateway();
  const keyNames = new Map<string, string>();
  const callers: Callers = { nameOf: (id) => keyNames.get(id) ?? null, mayStillOperate: (id) => keyNames.has(id) };
  const control = await startControl(fake.runtime, gateway, callers, createLog({ service: 'test', level: 'silent' }));
  const [backend] = control.backends;
  const authorization = backend?.authorization ?? '';
  const send = (path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}) =>
    fetch(`${backend?.urls[0]}${path}`, { ...init, headers: { authorization, ...init.headers } });
  return {
    fake,
    gateway,
    keyNames,
    endFollowing: control.endFollowing,
    fetch: send,
    async call(method, path, body, caller = {}) {
      const response = await send(`/v1/kumiki/${path}`, {
        method,
        ...(body === undefined
          ? { headers: caller }
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...caller } }),
      });
      return { status: response.status, body: await response.json() };
    },
    async [Symbol.asyncDispose]() {
      await control.close();
      await fake[Symbol.asyncDispose]();
    },
  };
}
