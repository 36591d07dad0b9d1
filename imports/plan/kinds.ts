import { Application } from '../../actors/application/application.js';
import { BusinessCapability } from '../../actors/business-capability/business-capability.js';
import { DataEntity } from '../../actors/data-entity/data-entity.js';
import { Integration } from '../../actors/integration/integration.js';
import { Organization } from '../../actors/organization/organization.js';
import { Server } from '../../actors/server/server.js';
import type { Aggregate } from '../../src/core/aggregate.js';
import type { ElementKind, Fields } from '../model.js';
import type { Change } from './change.js';
import { declarationsOf } from './declarations.js';

type Set = (value: unknown, because: string) => Change;

/** A field that holds many values, each added and removed by itself. */
export type List = {
  readonly add: string;
  readonly remove: string;
  readonly field: string;
  readonly together?: true;
};
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

type Written = Omit<Kind, 'aggregate_type' | 'set' | 'clear' | 'lists'> & {
  readonly of: Aggregate;
  /** What is set otherwise than one field by one value. */
  readonly set?: Kind['set'];
};

/** With all that the definition says of how its fields are set, taken back, added to. */
const kindOf = ({ of, part, ...written }: Written): Kind => {
  const set: Record<string, Set> = {};
  const clear: Record<string, (because: string) => Change> = {};
  const lists: Record<string, List> = {};
  const all = declarationsOf(of).filter(({ does }) => does.part?.within === part?.within);
  for (const { does, make, takesMany } of all) {
    const { field, by, how, opposite } = does;
    if (how === 'set') set[field] = make;
    if (how === 'clear') clear[field] = (because) => make(null, because);
    if (how === 'add' && by !== null && opposite)
      lists[field] = {
        add: make(null, '').command_type,
        remove: opposite.command,
        field: by,
        ...(takesMany && { together: true }),
      };
  }
  return {
    ...written,
    aggregate_type: of.name,
    set: { ...set, ...written.set },
    clear,
    lists,
    ...(part && { part }),
  };
};

export const KINDS: Readonly<Record<ElementKind, Kind>> = {
  organization: kindOf({
    of: Organization,
    noun: 'Organization',
    create: 'CreateOrganization',
    name: 'name',
    createFields: ['parent_id', 'domains', 'contacts'],
    defaults: {},
  }),
  business_capability: kindOf({
    of: BusinessCapability,
    noun: 'Capability',
    create: 'CreateCapability',
    name: 'name',
    createFields: ['parent_id', 'description'],
    defaults: {},
  }),
  application: kindOf({
    of: Application,
    noun: 'Application',
    create: 'CreateApplication',
    name: 'name',
    createFields: ['owner', 'data_classification', 'lifecycle', 'capability_id'],
    defaults: { owner: UNASSIGNED, data_classification: 'internal', lifecycle: 'active' },
  }),
  service: kindOf({
    of: Application,
    noun: 'Service',
    create: 'OfferService',
    name: 'name',
    createFields: ['capability_id', 'sla', 'description'],
    defaults: {},
    part: { within: 'services', id: 'service_id', gone: 'withdrawn' },
  }),
  interface: kindOf({
    of: Application,
    noun: 'Interface',
    create: 'ExposeInterface',
    name: 'name',
    createFields: ['protocol', 'endpoint', 'version'],
    defaults: { protocol: 'https' },
    part: { within: 'interfaces', id: 'interface_id', gone: 'retired' },
    set: {
      rate_limits: (value) => ({ command_type: 'SetRateLimits', data: value as Fields }),
    },
  }),
  data_entity: kindOf({
    of: DataEntity,
    noun: 'DataEntity',
    create: 'CreateDataEntity',
    name: 'name',
    createFields: ['classification', 'domain', 'pii_flag', 'owner'],
    defaults: { classification: 'internal' },
  }),
  server: kindOf({
    of: Server,
    noun: 'Server',
    create: 'CreateServer',
    name: 'hostname',
    createFields: ['environment', 'criticality', 'region', 'platform'],
    defaults: { environment: 'prod', criticality: 'medium' },
  }),
  integration: kindOf({
    of: Integration,
    noun: 'Integration',
    create: 'CreateIntegration',
    name: '',
    createFields: ['source_app_id', 'target_app_id', 'protocol', 'frequency', 'sla'],
    defaults: { protocol: 'https' },
  }),
};

/** What is above or outside comes first. */
export const ORDER: readonly ElementKind[] = [
  ...(['organization', 'business_capability', 'server', 'application'] as const),
  ...(['service', 'interface', 'data_entity', 'integration'] as const),
];
