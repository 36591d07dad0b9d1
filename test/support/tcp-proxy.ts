import { createServer, connect as dial, type Socket } from 'node:net';

/** A wire between a client and a server that can be cut or made to swallow answers. */
export type TcpProxy = {
  readonly url: string;
  /** From now on what the server answers is lost; requests still arrive. */
  swallowAnswers(): void;
  /**
   * From now on what a client sends arrives with this replaced, by a text of the same length, since
   * messages carry theirs; without `what` as it is.
   */
  replaceSent(what?: RegExp, by?: string): void;
  /** From now on nothing arrives on either side, and nobody is told: as if the client's host were gone. */
  vanish(): void;
  /** End every connection; new ones work as they should. */
  cut(): void;
  /** End every connection and take no new one until `open`. */
  shut(): void;
  open(): void;
  close(): Promise<void>;
};

/** A proxy in front of `nats://host:port`, on a port of its own on loopback. */
export const startProxy = async (target: string): Promise<TcpProxy> => {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let swallowing = false;
  let vanished = false;
  let replaced: { readonly what: RegExp; readonly by: string } | undefined;
  let shut = false;
  const server = createServer((client) => {
    if (shut) return void client.destroy();
    const upstream = dial(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        if (vanished) return;
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (vanished) return;
      if (!replaced) return void upstream.write(bytes);
      const { what, by } = replaced;
      upstream.write(Buffer.from(bytes.toString('latin1').replaceAll(what, by), 'latin1'));
    });
    upstream.on('data', (bytes) => {
      if (!swallowing && !vanished) client.write(bytes);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const cut = (): void => {
    swallowing = false;
    vanished = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `nats://127.0.0.1:${(server.address() as { port: number }).port}`,
    swallowAnswers: () => {
      swallowing = true;
    },
    replaceSent: (what, by = '') => {
      replaced = what && { what, by };
    },
    vanish: () => {
      vanished = true;
    },
    cut,
    shut: () => {
      shut = true;
      cut();
    },
    open: () => {
      shut = false;
    },
    close: async () => {
      cut();
      await new Promise((closed) => server.close(closed));
    },
  };
};
