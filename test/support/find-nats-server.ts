import type { TestProject } from 'vitest/node';
import { locateNatsServer } from '../../src/nats-server/locate-nats-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of a real nats-server, new enough. */
    natsServerBin: string;
  }
}

/** Finds the real nats-server once for all integration tests; workers inherit the variable. */
export async function setup(project: TestProject): Promise<void> {
  const log = {
    info: (message: string) => process.stderr.write(`${message}\n`),
    warn: (message: string) => process.stderr.write(`${message}\n`),
  };
  const { path } = await locateNatsServer({ env: process.env, log });
  process.env.NATS_SERVER_BIN = path;
  project.provide('natsServerBin', path);
}
