import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { ClientOrigin } from './client-origin.ts';
import { createConnectionGuard } from './connection-guard.ts';

const limits = { perAddress: 3, fresh: 4, resting: 2, restingUnknown: 1 };

const request = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';

/** A server under the guard that replies when the test calls for it, and connections to it. */
async function serve(context: TestContext, origin: Pick<ClientOrigin, 'isExempt'>) {
  const server = createServer();
  const waiting: ServerResponse[] = [];
  const guard = createConnectionGuard(origin as ClientOrigin, limits);
  guard.watch(server);
  server.on('request', (_, response) => waiting.push(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets: Socket[] = [];
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    server.closeAllConnections();
  });
  const ask = async (socket: Socket): Promise<ServerResponse> => {
    const arrived = once(server, 'request');
    socket.write(request);
    return (await arrived)[1] as ServerResponse;
  };
  return {
    ended: guard.ended,
    waiting,
    server,
    async open(): Promise<Socket> {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('data', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
      return socket;
    },
    /** Sends a request and waits until its reply is whole. */
    async askAndRest(socket: Socket, known: boolean): Promise<void> {
      const response = await ask(socket);
      if (known) guard.vouch(response.req);
      const closed = once(response, 'close');
      response.end('x');
      await closed;
    },
    ask,
  };
}

const gone = (socket: Socket): Promise<unknown> => (socket.destroyed ? Promise.resolve() : once(socket, 'close'));

test('of too many connections without a request the oldest goes, and one that works stays', async (context) => {
  const { open, ask, server, ended } = await serve(context, { isExempt: () => true });
  const working = await open();
  const reply = await ask(working);
  const idle: Socket[] = [];
  for (let count = 0; count < limits.fresh + 2; count++) {
    const accepted = once(server, 'connection');
    idle.push(await open());
    await accepted;
  }
  await Promise.all(idle.slice(0, 2).map(gone));
  assert.equal(ended(), 2);
  assert.deepEqual(
    idle.slice(2).map(({ destroyed }) => destroyed),
    [false, false, false, false],
  );
  // A connection that sends its request late is still served.
  (await ask(idle[2]!)).end('late');
  await once(idle[2]!, 'data');
  reply.end('done');
  assert.match(String((await once(working, 'data'))[0]), /done/);
});

test('of too many connections that rest after a request the one that rested longest goes', async (context) => {
  const { open, ask, askAndRest, ended } = await serve(context, { isExempt: () => true });
  const sockets: Socket[] = [];
  for (let count = 0; count < limits.resting + 1; count++) {
    const socket = await open();
    await askAndRest(socket, true);
    sockets.push(socket);
  }
  await gone(sockets[0]!);
  assert.equal(ended(), 1);
  const again = await ask(sockets[1]!);
  again.end('again');
  assert.match(String((await once(sockets[1]!, 'data'))[0]), /again/);
});

test('connections that showed no key push each other out, and none that showed one', async (context) => {
  const { open, ask, askAndRest, ended } = await serve(context, { isExempt: () => true });
  const client = await open();
  await askAndRest(client, true);
  const strangers: Socket[] = [];
  for (let count = 0; count < 5; count++) {
    const stranger = await open();
    await askAndRest(stranger, false);
    strangers.push(stranger);
  }
  await Promise.all(strangers.slice(0, -limits.restingUnknown).map(gone));
  assert.equal(ended(), strangers.length - limits.restingUnknown);
  // A connection that was vouched for once stays so until it closes.
  await askAndRest(client, false);
  await askAndRest(await open(), false);
  await gone(strangers.at(-1)!);
  (await ask(client)).end('still here');
  assert.match(String((await once(client, 'data'))[0]), /still here/);
});

test('one address has so many connections, and may have more when some have closed', async (context) => {
  const { open, ask, server, ended } = await serve(context, { isExempt: () => false });
  const sockets: Socket[] = [];
  for (let count = 0; count < limits.perAddress; count++) {
    const socket = await open();
    sockets.push(socket);
    await ask(socket);
  }
  await gone(await open());
  assert.equal(ended(), 1);
  const closed = new Promise<void>((resolve) => {
    const look = (): void => {
      server.getConnections((_, count) => {
        if (count < limits.perAddress) resolve();
        else setImmediate(look);
      });
    };
    look();
  });
  sockets[0]!.destroy();
  await closed;
  (await ask(await open())).end('in');
});
