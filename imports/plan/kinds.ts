import type { ElementKind, Fields } from '../model.js';

/** A command without its address. */
export type Change = { readonly command_type: string; readonly data: Fields };
type Set = (value: unknown, because: string) => Change;

const set =
  (command_type: string, field: string, reason?: 'reason' | 'justification'): Set =>
  (value, because) => ({
    command_type,
    data: { [field]: value, ...(reason && { [reason]: because }) },
  });
const clear =
  (command_type: string) =>
  (because: string): Change => ({ command_type, data: { reason: because } });

/** A field that holds many values, each added and removed by itself. */
export type List = {
  readonly add: string;
  readonly remove: string;
  readonly field: string;
  readonly together?: true;
};
const tags: List = { add: 'AddTags', remove: 'RemoveTags', field: 'tags', together: true };

/** How a kind of element becomes commands. */
export type Kind = {
  readonly aggregate_type: string;
  /** What people call it. */
  readonly noun: string;
  readonly create: string;
  /** The field that its name is. */
  readonly name: string;
  /** Fields that are said when it is created. */
  readonly createFields: readonly string[];
  /** What is said at creation where the model says nothing, and is no part of later comparisons. */
  readonly defaults: Fields;
  readonly set: Readonly<Record<string, Set>>;
  readonly clear: Readonly<Record<string, (because: string) => Change>>;
  readonly lists: Readonly<Record<string, List>>;
  /** It lives inside an application, under this field and id; in this status it is gone. */
  readonly part?: { readonly within: string; readonly id: string; readonly gone: string };
};

/** What a model says of an element when it says nothing of its owner. */
export const UNASSIGNED = 'unassigned';

export const KINDS: Readonly<Record<ElementKind, Kind>> = {
  organization: {
    aggregate_type: 'Organization',
    noun: 'Organization',
    create: 'CreateOrganization',
    name: 'name',
    createFields: ['parent_id', 'domains', 'contacts'],
    defaults: {},
    set: {
      name: set('RenameOrganization', 'name', 'reason'),
      parent_id: set('AddParentToOrganization', 'parent_id'),
    },
    clear: { parent_id: clear('RemoveParentFromOrganization') },
    lists: {
      domains: { add: 'AddDomain', remove: 'RemoveDomain', field: 'domain' },
      contacts: { add: 'AddContact', remove: 'RemoveContact', field: 'email' },
    },
  },
  business_capability: {
    aggregate_type: 'BusinessCapability',
    noun: 'Capability',
    create: 'CreateCapability',
    name: 'name',
    createFields: ['parent_id', 'description'],
    defaults: {},
    set: {
      name: set('RenameCapability', 'name', 'reason'),
      description: set('UpdateCapabilityDescription', 'description'),
      parent_id: set('AddParentToCapability', 'parent_id'),
    },
    clear: { parent_id: clear('RemoveParentFromCapability') },
    lists: {},
  },
  application: {
    aggregate_type: 'Application',
    noun: 'Application',
    create: 'CreateApplication',
    name: 'name',
    createFields: ['owner', 'data_classification', 'lifecycle', 'capability_id'],
    defaults: { owner: UNASSIGNED, data_classification: 'internal', lifecycle: 'active' },
    set: {
      name: set('RenameApplication', 'name', 'reason'),
      owner: set('SetOwner', 'owner', 'reason'),
      description: set('UpdateDescription', 'description'),
      criticality: set('SetCriticality', 'criticality', 'justification'),
      data_classification: set('SetDataClassification', 'classification', 'reason'),
      capability_id: set('AssignCapability', 'capability_id'),
      sunset_date: set('RescheduleSunset', 'sunset_date', 'reason'),
    },
    clear: { capability_id: clear('RemoveCapability') },
    lists: { tags },
  },
  service: {
    aggregate_type: 'Application',
    noun: 'Service',
    create: 'OfferService',
    name: 'name',
    createFields: ['capability_id', 'sla', 'description'],
    defaults: {},
    set: {
      sla: set('ChangeServiceSla', 'sla'),
      capability_id: set('RealignService', 'capability_id'),
    },
    clear: {},
    lists: {},
    part: { within: 'services', id: 'service_id', gone: 'withdrawn' },
  },
  interface: {
    aggregate_type: 'Application',
    noun: 'Interface',
    create: 'ExposeInterface',
    name: 'name',
    createFields: ['protocol', 'endpoint', 'version'],
    defaults: { protocol: 'https' },
    set: {
      endpoint: set('MoveInterfaceEndpoint', 'endpoint'),
      specification_url: set('PublishSpecification', 'specification_url'),
      authentication_method: set('SetInterfaceAuthentication', 'method'),
      rate_limits: (value) => ({ command_type: 'SetRateLimits', data: value as Fields }),
    },
    clear: {},
    lists: {},
    part: { within: 'interfaces', id: 'interface_id', gone: 'retired' },
  },
  data_entity: {
    aggregate_type: 'DataEntity',
    noun: 'DataEntity',
    create: 'CreateDataEntity',
    name: 'name',
    createFields: ['classification', 'domain', 'pii_flag', 'owner'],
    defaults: { classification: 'internal' },
    set: {
      name: set('RenameDataEntity', 'name', 'reason'),
      description: set('UpdateDataEntityDescription', 'description'),
      classification: set('SetDataEntityClassification', 'classification', 'reason'),
      pii_flag: set('SetPiiFlag', 'pii_flag', 'reason'),
      retention: set('SetRetention', 'retention', 'reason'),
      steward: set('AssignSteward', 'steward'),
      owner: set('AssignDataOwner', 'owner'),
      domain: set('AssignDataDomain', 'domain'),
      source_system: set('SetSourceSystem', 'source_system'),
      criticality: set('SetDataEntityCriticality', 'criticality'),
    },
    clear: {},
    lists: {
      tags,
      glossary_terms: { add: 'AddGlossaryTerm', remove: 'RemoveGlossaryTerm', field: 'term' },
    },
  },
  server: {
    aggregate_type: 'Server',
    noun: 'Server',
    create: 'CreateServer',
    name: 'hostname',
    createFields: ['environment', 'criticality', 'region', 'platform'],
    defaults: { environment: 'prod', criticality: 'medium' },
    set: {
      hostname: set('RenameHost', 'hostname'),
      environment: set('MoveToEnvironment', 'environment', 'reason'),
      region: set('MoveToRegion', 'region'),
      platform: set('ReplatformServer', 'platform'),
      criticality: set('SetServerCriticality', 'criticality'),
      owning_team: set('AssignOwningTeam', 'team'),
    },
    clear: {},
    lists: { tags },
  },
  integration: {
    aggregate_type: 'Integration',
    noun: 'Integration',
    create: 'CreateIntegration',
    name: '',
    createFields: ['source_app_id', 'target_app_id', 'protocol', 'frequency', 'sla'],
    defaults: { protocol: 'https' },
    set: {
      protocol: set('SwitchProtocol', 'protocol', 'reason'),
      sla: set('SetSla', 'sla'),
      frequency: set('SetFrequency', 'frequency'),
      data_contract: set('SetDataContract', 'data_contract'),
      source_app_id: (app_id, reason) => ({
        command_type: 'RerouteSource',
        data: { app_id, reason },
      }),
      target_app_id: (app_id, reason) => ({
        command_type: 'RerouteTarget',
        data: { app_id, reason },
      }),
    },
    clear: {},
    lists: { tags },
  },
};

/** What is above or outside comes first. */
export const ORDER: readonly ElementKind[] = [
  ...(['organization', 'business_capability', 'server', 'application'] as const),
  ...(['service', 'interface', 'data_entity', 'integration'] as const),
];
