import type { Fields } from '../model.js';
import { command, type Inverse, never, text } from './inverse.js';
import { interfaces, services } from './part-inverses.js';

type Id = string | null | undefined;

/** A field that a command sets to what it was before; `null` before = it cannot be emptied again. */
const valued = (
  field: string,
  command_type: string,
  {
    previous = `previous_${field}`,
    to = field,
    reason = '' as '' | 'reason' | 'justification',
    empty = undefined as unknown,
  } = {},
): Inverse => ({
  keys: () => [field],
  back: ({ data, because }) => {
    const before = data[previous] ?? empty;
    return before === null || before === undefined
      ? never(`${field} was not set before, and no command empties it`)
      : command(command_type, { [to]: before, ...(reason && { [reason]: because }) });
  },
});

const parent = (noun: string): Readonly<Record<string, Inverse>> => ({
  ParentAssigned: {
    keys: () => ['parent_id'],
    back: ({ data, because }) =>
      (data.previous_parent_id as Id) == null
        ? command(`RemoveParentFrom${noun}`, { reason: because })
        : command(`AddParentTo${noun}`, { parent_id: data.previous_parent_id }),
  },
  ParentRemoved: {
    keys: () => ['parent_id'],
    back: ({ data }) => command(`AddParentTo${noun}`, { parent_id: data.previous_parent_id }),
  },
});

const begun = (delete_: string): Inverse => ({
  keys: () => [],
  begins: true,
  back: ({ because }) => command(delete_, { reason: because }),
});

const listed = (list: string, field: string, opposite: string): Inverse => ({
  keys: (data) => [`${list}/${text(data[field])}`],
  back: ({ data }) => command(opposite, { [field]: data[field] }),
});

const tagged = (opposite: string): Inverse => ({
  keys: ({ tags }) => (tags as readonly string[]).map((tag) => `tags/${tag}`),
  back: ({ keys }) => command(opposite, { tags: keys.map((key) => key.slice('tags/'.length)) }),
});
const tags = { TagsAdded: tagged('RemoveTags'), TagsRemoved: tagged('AddTags') };

const description = (command_type: string): Inverse =>
  valued('description', command_type, { empty: '' });

const deployment = ({ server_id, environment }: Fields) => [
  `deployments/${text(server_id)}/${text(environment)}`,
];

const application: Readonly<Record<string, Inverse>> = {
  ApplicationCreated: begun('DeleteApplication'),
  ApplicationRenamed: valued('name', 'RenameApplication', { reason: 'reason' }),
  OwnerSet: valued('owner', 'SetOwner', { reason: 'reason' }),
  DescriptionUpdated: description('UpdateDescription'),
  CriticalitySet: valued('criticality', 'SetCriticality', { reason: 'justification' }),
  DataClassificationChanged: valued('data_classification', 'SetDataClassification', {
    previous: 'previous_classification',
    to: 'classification',
    reason: 'reason',
  }),
  CapabilityAssigned: {
    keys: () => ['capability_id'],
    back: ({ data: { previous_capability_id: capability_id }, because }) =>
      capability_id === null
        ? command('RemoveCapability', { reason: because })
        : command('AssignCapability', { capability_id }),
  },
  CapabilityRemoved: {
    keys: () => ['capability_id'],
    back: ({ data }) => command('AssignCapability', { capability_id: data.previous_capability_id }),
  },
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
  SunsetRescheduled: valued('sunset_date', 'RescheduleSunset', { reason: 'reason' }),
  ...tags,
  ...services,
  ...interfaces,
};

/** What every event that an import can make sets, and what takes it back: by type of aggregate. */
export const INVERSES: Readonly<Record<string, Readonly<Record<string, Inverse>>>> = {
  Application: application,
  BusinessCapability: {
    CapabilityCreated: begun('DeleteCapability'),
    CapabilityRenamed: valued('name', 'RenameCapability', { reason: 'reason' }),
    DescriptionUpdated: description('UpdateCapabilityDescription'),
    ...parent('Capability'),
  },
  Organization: {
    OrganizationCreated: begun('DeleteOrganization'),
    OrganizationRenamed: valued('name', 'RenameOrganization', { reason: 'reason' }),
    ...parent('Organization'),
    DomainAdded: listed('domains', 'domain', 'RemoveDomain'),
    DomainRemoved: listed('domains', 'domain', 'AddDomain'),
    ContactAdded: listed('contacts', 'email', 'RemoveContact'),
    ContactRemoved: listed('contacts', 'email', 'AddContact'),
  },
  Server: {
    ServerCreated: begun('DeleteServer'),
    HostnameChanged: valued('hostname', 'RenameHost'),
    EnvironmentChanged: valued('environment', 'MoveToEnvironment', { reason: 'reason' }),
    RegionChanged: valued('region', 'MoveToRegion'),
    PlatformChanged: valued('platform', 'ReplatformServer'),
    CriticalitySet: valued('criticality', 'SetServerCriticality'),
    OwningTeamAssigned: valued('owning_team', 'AssignOwningTeam', { to: 'team' }),
    ...tags,
  },
  DataEntity: {
    DataEntityCreated: begun('DeleteDataEntity'),
    DataEntityRenamed: valued('name', 'RenameDataEntity', { reason: 'reason' }),
    DescriptionUpdated: description('UpdateDataEntityDescription'),
    DataClassificationChanged: valued('classification', 'SetDataEntityClassification', {
      reason: 'reason',
    }),
    PiiFlagSet: valued('pii_flag', 'SetPiiFlag', { reason: 'reason' }),
    RetentionSet: valued('retention', 'SetRetention', { reason: 'reason' }),
    StewardAssigned: valued('steward', 'AssignSteward'),
    DataOwnerAssigned: valued('owner', 'AssignDataOwner'),
    DataDomainAssigned: valued('domain', 'AssignDataDomain'),
    SourceSystemSet: valued('source_system', 'SetSourceSystem'),
    CriticalitySet: valued('criticality', 'SetDataEntityCriticality'),
    GlossaryTermAdded: listed('glossary_terms', 'term', 'RemoveGlossaryTerm'),
    GlossaryTermRemoved: listed('glossary_terms', 'term', 'AddGlossaryTerm'),
    ...tags,
  },
  Integration: {
    IntegrationCreated: begun('DeleteIntegration'),
    ProtocolSwitched: valued('protocol', 'SwitchProtocol', { reason: 'reason' }),
    SlaSet: valued('sla', 'SetSla'),
    FrequencySet: valued('frequency', 'SetFrequency'),
    DataContractSet: valued('data_contract', 'SetDataContract'),
    SourceRerouted: valued('source_app_id', 'RerouteSource', {
      previous: 'previous_app_id',
      to: 'app_id',
      reason: 'reason',
    }),
    TargetRerouted: valued('target_app_id', 'RerouteTarget', {
      previous: 'previous_app_id',
      to: 'app_id',
      reason: 'reason',
    }),
    ...tags,
  },
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
    DescriptionUpdated: description('UpdateRelationDescription'),
  },
};

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
