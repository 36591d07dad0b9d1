import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SteleProblem } from '../client/stele-problem.js';
import { CommandEnvelope } from '../core/envelope.js';
import { EXIT, type Stop } from './exit.js';
import { sampleData } from './sample.js';
import { acceptedText, envelopeOf, readData } from './send-command.js';
import { exitOf, problemBlock } from './stop-of.js';

const stdin = (text: string) => ({ stdin: Readable.from([text]) as NodeJS.ReadStream });
const plain = (_: unknown, text: string) => text;
const ID = '3f0c2a9e-5d58-4c0a-9d6b-0a4c1d2e3f40';

describe('the data of a command', () => {
  it('is JSON on the command line or on standard input', async () => {
    expect(await readData('{"a":1}', stdin(''))).toEqual({ a: 1 });
    expect(await readData('-', stdin('{"a":2}'))).toEqual({ a: 2 });
  });

  it.each(['{', '[]', '"text"', '@/nowhere/at/all.json'])(
    'is refused as wrong usage: %s',
    async (text) => {
      const stop = (await readData(text, stdin('')).catch((error: unknown) => error)) as Stop;
      expect(stop.exit).toBe(EXIT.usage);
      expect(stop.message).toMatch(/^--data: /);
    },
  );
});

describe('the envelope', () => {
  it('is one that the core takes', () => {
    const envelope = envelopeOf(
      { type: 'lamp', id: 'lamp-1', command: 'SwitchOn' },
      { level: 3 },
      {
        server: 'http://x',
        actor: 'ann',
        actorType: 'user',
        commandId: ID,
        justification: 'dark',
        approval: 'CHG-1',
        expectVersion: 4,
        dryRun: true,
        correlation: 'evening',
      },
    );
    const { command_timestamp: _, ...parsed } = CommandEnvelope.parse(envelope);
    expect(parsed).toEqual({
      command_id: ID,
      command_type: 'SwitchOn',
      aggregate_type: 'lamp',
      aggregate_id: 'lamp-1',
      correlation_id: 'evening',
      actor: 'ann',
      actor_type: 'user',
      source: 'api',
      expected_version: 4,
      dry_run: true,
      data: { level: 3 },
      metadata: { business_justification: 'dark', approval_id: 'CHG-1' },
    });
  });

  it('leaves out what was not said', () => {
    const options = { server: 'http://x', actor: 'ann', actorType: 'user', commandId: ID };
    const envelope = envelopeOf({ type: 'lamp', command: 'Install' }, {}, options);
    expect(CommandEnvelope.parse(envelope)).not.toHaveProperty('aggregate_id');
    expect(envelope).not.toHaveProperty('dry_run');
  });
});

describe('an answer', () => {
  const accepted = {
    command_id: ID,
    aggregate_type: 'Lamp',
    aggregate_id: 'lamp-1',
    aggregate_version: 2,
    position: 'lamp:7',
    replayed: false,
    events: [{ event_type: 'SwitchedOn', aggregate_version: 2, data: { level: 3 } }],
  };

  it('shows what happened', () => {
    expect(acceptedText(accepted, plain)).toBe(
      'Lamp lamp-1  accepted\n  2  SwitchedOn  {"level":3}\n  version 2, position lamp:7',
    );
    expect(acceptedText({ ...accepted, replayed: true }, plain)).toContain('accepted before');
    expect(acceptedText({ ...accepted, position: null, dry_run: true }, plain)).toContain(
      'nothing was written',
    );
    expect(acceptedText({ ...accepted, events: [], events_left_out: 300 }, plain)).toContain(
      '300 events, too large for the answer',
    );
  });

  it('shows a problem as one block', () => {
    const problem = new SteleProblem({
      code: 'VALIDATION_ERROR',
      status: 400,
      message: 'SwitchOn is not right',
      trace_id: 'abc',
      errors: [{ field: 'data.level', message: 'too high', rule: 'RANGE' }],
      details: { allowed: ['low', 'high'], most: 9 },
    });
    expect(problemBlock(problem, plain)).toBe(
      'VALIDATION_ERROR  SwitchOn is not right\n  data.level: too high\n  allowed: low, high\n  most: 9\n  trace abc',
    );
  });

  it.each([
    [400, EXIT.failed],
    [404, EXIT.notFound],
    [409, EXIT.conflict],
    [410, EXIT.notFound],
    [412, EXIT.conflict],
    [422, EXIT.failed],
    [503, EXIT.failed],
  ])('with status %i ends with exit code %i', (status, exit) => {
    expect(exitOf(status)).toBe(exit);
  });
});

describe('the example of a command', () => {
  it('has the required fields with values of their kind', () => {
    const data = z.object({
      name: z.string(),
      level: z.enum(['low', 'high']),
      watts: z.int().min(5),
      lit: z.boolean(),
      since: z.iso.datetime(),
      note: z.string().optional(),
    });
    const sample = sampleData({ data, emits: [], roles: [] });
    expect(sample).toEqual({
      name: 'Example',
      level: 'low',
      watts: 5,
      lit: true,
      since: '2026-01-06T10:00:00Z',
    });
    expect(data.safeParse(sample).success).toBe(true);
  });
});
