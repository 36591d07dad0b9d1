import { describe, expect, it } from 'vitest';
import { readNatsConf } from '../nats-server/render-server-config.js';
import { MAX_PAYLOAD, ofOthersServers } from './of-others-servers.js';

const config = (replicas: number) => ({
  replicas,
  nats: { servers: ['nats://localhost'], tls: false, auth: { kind: 'none' } as const },
});

describe('what is worth knowing of servers', () => {
  it('is nothing where they are our own', () => {
    expect(ofOthersServers({ nats: null, replicas: 1 }, MAX_PAYLOAD * 8)).toEqual([]);
  });

  it('is what an acknowledgement means there, by how many keep it', () => {
    expect(ofOthersServers(config(1), MAX_PAYLOAD)).toEqual([
      expect.stringMatching(/sync_interval: always.* in the memory of the server /),
    ]);
    expect(ofOthersServers(config(3), undefined)).toEqual([
      expect.stringMatching(/on disk of a majority.* in the memory of a majority /),
    ]);
  });

  it('is that they take larger messages than nats.conf does', () => {
    expect(readNatsConf()).toMatch(/^max_payload: 8MB$/m);
    expect(MAX_PAYLOAD).toBe(8 * 1024 ** 2);
    expect(ofOthersServers(config(1), MAX_PAYLOAD + 1)).toEqual([
      expect.stringContaining('sync_interval'),
      expect.stringMatching(/messages of 8388609 bytes.*max_payload to 8MB/),
    ]);
  });
});
