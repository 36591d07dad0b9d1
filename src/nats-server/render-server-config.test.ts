import { describe, expect, it } from 'vitest';
import { readNatsConf, renderServerConfig, serverArguments } from './render-server-config.js';

describe('the configuration of a server of our own', () => {
  it('is nats.conf with another store directory and nothing else changed', () => {
    const shipped = readNatsConf();
    const rendered = renderServerConfig(shipped, '/data/with "quotes" and $1');
    expect(rendered).toContain('store_dir: "/data/with \\"quotes\\" and $1"');
    const others = (text: string) => text.split('\n').filter((line) => !/store_dir:/.test(line));
    expect(others(rendered).slice(2)).toEqual(others(shipped));
  });

  it('keeps what durability rests on', () => {
    expect(readNatsConf()).toMatch(/^\s*sync_interval: always$/m);
  });

  it('refuses a nats.conf in which the store directory cannot be told', () => {
    expect(() => renderServerConfig('jetstream {}', '/data')).toThrow(/one store_dir line/);
    expect(() => renderServerConfig('store_dir: a\nstore_dir: b', '/data')).toThrow(/it has 2/);
  });

  it('binds to loopback whatever the file says', () => {
    const args = serverArguments({
      configFile: 'c',
      serverName: 'n',
      port: -1,
      portsDir: 'ports',
      pidFile: 'pid',
      logFile: 'log',
    });
    expect(args.join(' ')).toContain('-a 127.0.0.1 -p -1');
  });
});
