import type { ElementKind } from '../model.js';
import type { Concept } from './source.js';
import { shown } from './xml.js';

const KINDS: ReadonlyMap<string, ElementKind> = new Map<string, ElementKind>([
  ['BusinessFunction', 'business_capability'],
  ['Capability', 'business_capability'],
  ['BusinessActor', 'organization'],
  ['ApplicationComponent', 'application'],
  ['ApplicationService', 'service'],
  ['ApplicationInterface', 'interface'],
  ['DataObject', 'data_entity'],
  ['BusinessObject', 'data_entity'],
  ['Node', 'server'],
  ['Device', 'server'],
]);

/** Types that one might expect to be taken. */
const WHY_NOT: ReadonlyMap<string, string> = new Map([
  ['BusinessRole', 'a role is no organization, but what one plays'],
  ['BusinessCollaboration', 'a collaboration of organizations is none itself'],
  ['ApplicationCollaboration', 'a collaboration of applications is none itself'],
  ['ApplicationFunction', 'what an application does inside is not recorded'],
  ['SystemSoftware', 'software on a server is no server'],
  ['TechnologyService', 'only services of applications are recorded'],
  ['InfrastructureService', 'only services of applications are recorded'],
  ['BusinessService', 'only services of applications are recorded'],
  ['Junction', 'a junction is no element, but a knot of relationships'],
  ['AndJunction', 'a junction is no element, but a knot of relationships'],
  ['OrJunction', 'a junction is no element, but a knot of relationships'],
]);

/** What an element of that type is in a portfolio; undefined = nothing. */
export const kindOf = ({ type }: Concept): ElementKind | undefined => KINDS.get(type);

/** Why elements of that type are left out. */
export const whyNot = ({ type }: Concept): string =>
  WHY_NOT.get(type) ?? `a portfolio has no counterpart for ${shown(type)}`;

/** `ApplicationComponent "Claims"`, for messages. */
export const named = ({ type, name, id }: Concept): string =>
  `${shown(type)} ${name ? `"${shown(name)}"` : shown(id)}`;
