import { actors } from '../../actors/index.js';
import type { Aggregate } from '../../src/core/aggregate.js';
import type { Fields } from '../model.js';
import { type Declaration, declarationsOf } from './declarations.js';
import { type Back, command, type Inverse, never, text } from './inverse.js';
import { interfaces, services } from './part-inverses.js';

type Inverses = Readonly<Record<string, Inverse>>;

/** What a field is called that an event of a part, or of the whole, sets. */
const keyIn = ({ does: { part, field } }: Declaration, data: Fields): string =>
  part ? `${part.within}/${text(data[part.id])}/${field}` : field;

const withPart = (
  { does: { part } }: Declaration,
  { data }: { readonly data: Fields },
  change: Back,
): Back =>
  part && 'command_type' in change
    ? { ...change, data: { [part.id]: data[part.id], ...change.data } }
    : change;

/** A field gets the value that it had before, by the command that sets it or takes it back. */
const valued = (one: Declaration, all: readonly Declaration[]): Inverse => {
  const { field, part, previous } = one.does;
  const related = all.filter(
    ({ does }) => does.field === field && does.part?.within === part?.within,
  );
  const setting = related.find(({ does }) => does.how === 'set');
  const clearing = related.find(({ does }) => does.how === 'clear');
  const isEmptied = setting?.does.empty !== undefined || setting?.takesNone;
  return {
    keys: (data) => [keyIn(one, data)],
    back: (told) => {
      const before = told.data[previous!] ?? null;
      const by = before === null && !isEmptied ? clearing : setting;
      return by
        ? withPart(one, told, by.make(before, told.because))
        : never(`no command gives ${field} the value of before`);
    },
  };
};

const listed = (
  { does: { field, by, opposite }, make, takesMany }: Declaration,
  all: readonly Declaration[],
): Inverse => {
  const other =
    opposite?.command ??
    all.find(({ does }) => does.opposite?.command === make(null, '').command_type)?.make(null, '')
      .command_type;
  return takesMany
    ? {
        keys: (data) => (data[by!] as readonly string[]).map((one) => `${field}/${one}`),
        back: ({ keys }) =>
          command(other!, { [by!]: keys.map((key) => key.slice(field.length + 1)) }),
      }
    : {
        keys: (data) => [`${field}/${text(data[by!])}`],
        back: ({ data }) => command(other!, { [by!]: data[by!] }),
      };
};

/** How everything is taken back that a definition declares of its fields. */
const declaredOf = (definition: Aggregate): Inverses => {
  const all = declarationsOf(definition);
  return Object.fromEntries(
    all.map((one) => {
      const isList = one.does.how === 'add' || one.does.how === 'remove';
      return [one.does.event, isList ? listed(one, all) : valued(one, all)];
    }),
  );
};

const begun = (delete_: string): Inverse => ({
  keys: () => [],
  begins: true,
  back: ({ because }) => command(delete_, { reason: because }),
});

const deployment = ({ server_id, environment }: Fields) => [
  `deployments/${text(server_id)}/${text(environment)}`,
];

/** What is taken back otherwise than one field by one command. */
const OTHERWISE: Readonly<Record<string, Inverses>> = {
  Application: {
    ApplicationCreated: begun('DeleteApplication'),
    DeployedToServer: {
      keys: deployment,
      back: ({ data: { server_id, environment }, because }) =>
        command('RemoveFromServer', { server_id, environment, reason: because }),
    },
    UndeployedFromServer: {
      keys: deployment,
      back: ({ data: { server_id, environment } }) =>
        command('AssignToServer', { server_id, environment }),
    },
    LifecycleTransitioned: {
      keys: () => ['lifecycle'],
      back: ({ data, event_id, because }) =>
        command('CorrectLifecycle', {
          corrects_event_id: event_id,
          corrected_value: data.from_lifecycle,
          reason: because,
        }),
    },
    ...services,
    ...interfaces,
  },
  BusinessCapability: { CapabilityCreated: begun('DeleteCapability') },
  Organization: { OrganizationCreated: begun('DeleteOrganization') },
  Server: { ServerCreated: begun('DeleteServer') },
  DataEntity: { DataEntityCreated: begun('DeleteDataEntity') },
  Integration: { IntegrationCreated: begun('DeleteIntegration') },
  Relation: {
    RelationCreated: begun('DeleteRelation'),
    RelationVerified: {
      keys: () => ['confidence'],
      back: ({ data: { previous_confidence: confidence }, because }) =>
        command('VerifyRelation', { confidence, evidence_source: because }),
    },
    EffectivePeriodSet: {
      keys: () => ['effective_period'],
      back: ({ data }) =>
        command('SetEffectivePeriod', {
          effective_from: data.previous_from,
          effective_to: data.previous_to,
        }),
    },
    RelationEvidenceWithdrawn: {
      keys: () => ['confidence'],
      back: () => never('VerifyRelation records the evidence again, with how sure that is'),
    },
  },
};

/** What every event that an import can make sets, and what takes it back: by type of aggregate. */
export const INVERSES: Readonly<Record<string, Inverses>> = Object.fromEntries(
  actors.flatMap((definition) => {
    const own = OTHERWISE[definition.name];
    return own ? [[definition.name, { ...declaredOf(definition), ...own }]] : [];
  }),
);

/** The keys that an event sets. */
export const keysOf = ({
  aggregate_type,
  event_type,
  data,
}: {
  readonly aggregate_type: string;
  readonly event_type: string;
  readonly data: Fields;
}): readonly string[] => {
  const inverse = INVERSES[aggregate_type]?.[event_type] ?? ENDINGS[event_type];
  return inverse?.keys(data) ?? OTHERS[event_type] ?? [];
};

const closed = ({ interface_id }: Fields) => [`interfaces/${text(interface_id)}`];
/** How people end an interface. */
const ENDINGS: Readonly<Record<string, Pick<Inverse, 'keys'>>> = {
  InterfaceDeprecated: { keys: closed },
  InterfaceRetired: { keys: closed },
};

/** Events that only people make, and what they set. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  DataClassificationCorrected: ['data_classification', 'classification'],
  LifecycleCorrected: ['lifecycle'],
  ApplicationCancelled: ['lifecycle'],
  ApplicationReinstated: ['lifecycle', 'sunset_date'],
  ParentAssignmentCorrected: ['parent_id'],
};
