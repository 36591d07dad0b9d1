import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from 'vitest';
import { Book } from '../../../examples/library/lending.js';
import { apiDocuments } from '../../../scripts/api-documents.js';
import { parseHeaders, eventHeaders as written } from '../../write/store/nats/headers.js';
import { asyncApiOf } from './asyncapi.js';
import { eventHeaders } from './event-headers.js';

const library = asyncApiOf({ definitions: [Book], info: { name: 'library', version: '1.0.0' } });

const errorsIn = async (text: string) => {
  const { diagnostics } = await new Parser().parse(text);
  return diagnostics
    .filter(({ severity }) => severity === 0)
    .map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('the AsyncAPI document', () => {
  it('of a library is valid', async () => {
    expect(await errorsIn(JSON.stringify(library))).toEqual([]);
  });

  it('of the domain is valid', async () => {
    expect(await errorsIn(apiDocuments()['docs/reference/asyncapi.json']!)).toEqual([]);
  });

  it('would not be, with a mistake in it', async () => {
    const wrong = { ...library, operations: { odd: { action: 'shout' } } };
    expect(await errorsIn(JSON.stringify(wrong))).not.toEqual([]);
  });

  it('says where events, commands and alerts go', () => {
    const { channels } = library as { channels: Record<string, { address: string | null }> };
    const addresses = Object.values(channels).map(({ address }) => address);
    expect(addresses).toEqual(
      expect.arrayContaining(['evt.book.{id}', 'cmd.book.LendBook', '/events/stream', null]),
    );
  });

  it('lists the headers that events have', () => {
    const hash = 'a'.repeat(64);
    const lines = written({
      event_id: 'e',
      event_type: 'T',
      event_version: 1,
      aggregate_type: 'A',
      aggregate_id: 'a',
      aggregate_version: 2,
      event_timestamp: 't',
      actor: 'ada',
      actor_type: 'user',
      source: 'api',
      causation_id: 'c',
      command_hash: hash,
      correlation_id: 'x',
      business_justification: 'y',
      approval_id: 'z',
      effective_at: 't',
      traceparent: 'p',
      hash_recipe: 1,
      previous_hash: hash,
      hash,
      data: {},
    });
    const names = [...parseHeaders(`NATS/1.0\r\n${lines}\r\n`).keys()];
    expect(Object.keys(eventHeaders.properties as object).sort()).toEqual(names.sort());
  });
});
