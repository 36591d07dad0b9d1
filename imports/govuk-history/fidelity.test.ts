import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommandEnvelope } from '../../src/core/envelope.js';
import { eventId } from '../../src/core/ids.js';
import type { ImportCommand } from '../../src/operate/importing/importer.js';
import { advance, NOTHING_YET, UNASSIGNED } from './commands.js';
import { govukHistory } from './index.js';
import { readVersions } from './read-history.js';
import type { InventoryRow } from './read-inventory.js';

const HISTORY = fileURLToPath(new URL('../../examples/govuk/history.jsonl.gz', import.meta.url));
/** All 319 versions are parsed: 8 MB of YAML. */
const REAL_FILE_TIMEOUT_MS = 120_000;

type Told = { name: string; owner: string; type: string | null; hosted_on: string | null };
type Application = Told & { lifecycle: string; deleted: boolean };

const NEXT: Readonly<Record<string, string>> = { active: 'deprecated', deprecated: 'retired' };

const must = (holds: unknown, { command_type }: ImportCommand, rule: string): void => {
  if (!holds) throw new Error(`${command_type}: ${rule}`);
};

/** A model of the domain: as small as can be, but it refuses what the domain would refuse. */
const newModel = () => {
  const commandIds = new Set<string>();
  const capabilities = new Map<string, string>();
  const servers = new Map<string, string>();
  const applications = new Map<string, Application>();
  /** Ids of the events that made an application retired, and of which. */
  const retirements = new Map<string, string>();

  const living = () => [...applications.values()].filter(({ deleted }) => !deleted);
  const text = (value: unknown): string => {
    if (typeof value !== 'string' || value === '') throw new Error('expected text');
    return value;
  };

  const createNamed = (all: Map<string, string>, command: ImportCommand, name: string) => {
    must(!all.has(command.aggregate_id), command, 'the id is new');
    must(![...all.values()].includes(name), command, 'the name is free');
    all.set(command.aggregate_id, name);
  };

  const createApplication = (command: ImportCommand) => {
    const { aggregate_id: id, data } = command;
    const name = text(data.name);
    must(!applications.has(id), command, 'the id is new');
    must(!living().some((other) => other.name === name), command, 'the name is free');
    const type =
      data.capability_id === undefined ? null : capabilities.get(text(data.capability_id));
    must(type !== undefined, command, 'the capability exists');
    const lifecycle = text(data.lifecycle);
    if (lifecycle === 'retired') retirements.set(eventId(command.command_id, 0, command), id);
    applications.set(id, {
      name,
      owner: text(data.owner),
      type: type ?? null,
      hosted_on: null,
      lifecycle,
      deleted: false,
    });
  };

  const papersAreThere = (command: ImportCommand) => {
    const { approval_id, business_justification } = command.metadata;
    must(approval_id && approval_id !== command.actor, command, 'another approves');
    must(business_justification, command, 'it is justified');
  };

  const changes: Record<string, (application: Application, command: ImportCommand) => void> = {
    SetOwner: (application, command) => {
      must(application.owner !== command.data.owner, command, 'something changes');
      application.owner = text(command.data.owner);
    },
    AssignCapability: (application, command) => {
      const type = capabilities.get(text(command.data.capability_id));
      must(type !== undefined && type !== application.type, command, 'another that exists');
      application.type = type ?? null;
    },
    RemoveCapability: (application, command) => {
      must(application.type !== null, command, 'there is one');
      application.type = null;
    },
    AssignToServer: (application, command) => {
      const host = servers.get(text(command.data.server_id));
      must(host !== undefined && application.hosted_on === null, command, 'it exists, one only');
      application.hosted_on = host ?? null;
    },
    RemoveFromServer: (application, command) => {
      const host = servers.get(text(command.data.server_id));
      must(application.hosted_on === host, command, 'it runs there');
      application.hosted_on = null;
    },
    TransitionLifecycle: (application, command) => {
      const target = text(command.data.target_lifecycle);
      must(NEXT[application.lifecycle] === target, command, 'the chain is kept');
      application.lifecycle = target;
      const event = eventId(command.command_id, 0, command);
      if (target === 'retired') retirements.set(event, command.aggregate_id);
    },
    CorrectLifecycle: (application, command) => {
      papersAreThere(command);
      const target = text(command.data.corrects_event_id);
      must(retirements.get(target) === command.aggregate_id, command, 'it corrects a retirement');
      must(application.lifecycle === 'retired', command, 'it is retired');
      retirements.delete(target);
      application.lifecycle = text(command.data.corrected_value);
    },
    DeleteApplication: (application, command) => {
      papersAreThere(command);
      application.deleted = true;
    },
  };

  const changeApplication = (command: ImportCommand) => {
    const application = applications.get(command.aggregate_id);
    if (!application || application.deleted) throw new Error('there is no such application');
    const change = changes[command.command_type];
    if (!change) throw new Error(`${command.command_type} is not expected`);
    change(application, command);
  };

  return {
    apply(command: ImportCommand): void {
      must(CommandEnvelope.safeParse(command).success, command, 'the envelope is right');
      must(!commandIds.has(command.command_id), command, 'the command id is new');
      commandIds.add(command.command_id);
      const { command_type, data } = command;
      if (command_type === 'CreateCapability') createNamed(capabilities, command, text(data.name));
      else if (command_type === 'CreateServer') createNamed(servers, command, text(data.hostname));
      else if (command_type === 'CreateApplication') createApplication(command);
      else changeApplication(command);
    },
    inventory: () =>
      byName(
        living().map(({ deleted: _, lifecycle, ...told }) => {
          if (lifecycle !== 'active' && lifecycle !== 'retired') throw new Error(lifecycle);
          return { ...told, retired: lifecycle === 'retired' };
        }),
      ),
    capabilities: () => [...capabilities.values()],
    servers: () => [...servers.values()],
  };
};

const byName = <T extends { name: string }>(rows: readonly T[]): readonly T[] =>
  rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** What Stele can hold of an inventory: an application always has an owner. */
const asTold = (rows: readonly InventoryRow[]) =>
  byName(rows.map((row) => ({ ...row, owner: row.owner ?? UNASSIGNED })));

const play = (inventories: readonly (readonly InventoryRow[])[]) => {
  let imported = NOTHING_YET;
  return inventories.map((rows, index) => {
    const sha = (index + 1).toString(16).padStart(40, '0');
    const at = new Date(Date.UTC(2020, 0, 1 + index)).toISOString();
    const step = advance(imported, rows, { sha, at, actor: 'dev-1' });
    imported = step.imported;
    return step.commands;
  });
};

const maybe = (...values: readonly string[]) => fc.constantFrom(null, ...values);
const inventory: fc.Arbitrary<InventoryRow[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'APIs', 'eks'),
    owner: maybe('#one', '#two', UNASSIGNED),
    type: maybe('APIs', 'Gems', 'eks'),
    hosted_on: maybe('aws', 'eks', 'APIs'),
    retired: fc.boolean(),
  }),
  { selector: ({ name }) => name, maxLength: 6 },
);
const inventories = fc.array(inventory, { maxLength: 12 });

describe('any sequence of inventories', () => {
  test('is rebuilt version by version from its commands, none of which is refused', () => {
    fc.assert(
      fc.property(inventories, (versions) => {
        const model = newModel();
        const steps = play(versions);
        versions.forEach((rows, index) => {
          for (const command of steps[index] ?? []) model.apply(command);
          expect(model.inventory()).toEqual(asTold(rows));
        });
      }),
      { numRuns: 300 },
    );
  });

  test('yields the same commands, with the same ids, each time', () => {
    fc.assert(
      fc.property(inventories, (versions) => {
        expect(play(versions)).toEqual(play(versions));
      }),
    );
  });

  test('yields nothing for a version that repeats the one before it', () => {
    fc.assert(
      fc.property(inventory, (rows) => {
        expect(play([rows, rows.toReversed()])[1]).toEqual([]);
      }),
    );
  });

  test('yields the same commands for its beginning, however it goes on', () => {
    fc.assert(
      fc.property(inventories, fc.nat(12), (versions, length) => {
        expect(play(versions.slice(0, length))).toEqual(play(versions).slice(0, length));
      }),
    );
  });
});

/**
 * A second reader of the real file, so that the first is not checked against itself: line by
 * line, without a YAML parser. It knows only the way this inventory happens to be laid out.
 */
const readByLine = (yaml: string): InventoryRow[] => {
  const blocks = yaml.split(/^- /m).slice(1);
  const rows = new Map<string, InventoryRow>();
  for (const block of blocks) {
    const fields = new Map<string, string>();
    for (const [, field, value] of `  ${block}`.matchAll(/^ {2}(\w+): *(.*?) *$/gm))
      fields.set(field!, value!.replaceAll(/^["']|["']$/g, ''));
    const get = (field: string) => fields.get(field) || null;
    const name = get('app_name') ?? get('github_repo_name') ?? get('repo_name');
    if (name === null) throw new Error(`a row without a name: ${block}`);
    const host = get('production_hosted_on');
    if (!rows.has(name))
      rows.set(name, {
        name,
        owner: get('team'),
        type: get('type'),
        hosted_on: host === 'none' ? null : host,
        retired: get('retired') === 'true',
      });
  }
  return [...rows.values()];
};

describe('the real history', () => {
  test(
    'is rebuilt version by version',
    async () => {
      const model = newModel();
      const opened = await govukHistory.open(HISTORY);
      expect(opened.steps).toBe(319);

      const commands: Record<string, number> = {};
      const notes: Record<string, number> = {};
      const versions = readVersions(HISTORY);
      let steps = 0;
      for await (const step of opened.read()) {
        for (const command of step.commands) {
          model.apply(command);
          commands[command.command_type] = (commands[command.command_type] ?? 0) + 1;
        }
        for (const { kind } of step.notes) notes[kind] = (notes[kind] ?? 0) + 1;
        const { value } = await versions.next();
        expect(model.inventory(), step.label).toEqual(asTold(readByLine(value!.yaml)));
        steps += 1;
      }

      expect(steps).toBe(319);
      expect(commands).toEqual({
        CreateCapability: 18,
        CreateServer: 6,
        CreateApplication: 270,
        DeleteApplication: 33,
        SetOwner: 806,
        AssignCapability: 57,
        AssignToServer: 198,
        RemoveFromServer: 115,
        TransitionLifecycle: 132,
        CorrectLifecycle: 3,
      });
      expect(notes).toEqual({
        reading: 7,
        'repeated-name': 38,
        'repeated-field': 82,
        'taken-back': 3,
        'came-back': 3,
        'read-past': 23,
      });
      expect(model.inventory()).toHaveLength(237);
      expect(model.servers()).toEqual(['carrenza', 'aws', 'paas', 'ukcloud', 'heroku', 'eks']);
      expect(model.capabilities()).toContain('Utlities');
    },
    REAL_FILE_TIMEOUT_MS,
  );
});
