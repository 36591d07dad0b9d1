import { hash } from 'node:crypto';
import { v5 } from 'uuid';

/** What may stand as an aggregate id: it becomes one token of a NATS subject and of a URL. */
export const AGGREGATE_ID = /^[A-Za-z0-9_-]{1,128}$/;
/** UUID version 4, as REQ-005 demands of every command id. */
export const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** Any RFC 9562 UUID. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const shaped = (hex: string, version: string): string => {
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** An aggregate as its events name it. */
export type Addressed = { readonly aggregate_type: string; readonly aggregate_id: string };

/**
 * The id of the `index`-th event (from 0) of a command on one aggregate: a UUID (version 8 of
 * RFC 9562, SHA-256 inside). A command decided twice yields the same event ids, so a repeated
 * publish can be recognized, and one command id sent to two aggregates never yields the same id,
 * also where two of different types have the same. Older events keep the ids they were stored with.
 */
export const eventId = (
  commandId: string,
  index: number,
  { aggregate_type, aggregate_id }: Addressed,
): string =>
  shaped(hash('sha256', `event\n${commandId}\n${aggregate_type}\n${aggregate_id}\n${index}`), '8');

/**
 * A UUID in the shape of version 4, always the same for the same parts. For command ids that an
 * importer must find again when it runs twice, and for ids of aggregates that a command creates.
 */
export const stableCommandId = (...parts: readonly string[]): string =>
  shaped(hash('sha256', JSON.stringify(parts)), '4');

/** The id of an aggregate that the server names: a repeated creation command names the same one. */
export const aggregateIdFrom = (commandId: string, slug: string): string =>
  stableCommandId('aggregate', slug, commandId);

/** `BusinessCapability` → `business-capability`, `AddParentToCapability` → `add-parent-to-capability`. */
export const kebab = (pascal: string): string =>
  pascal.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

/** `capability` → `capabilities`, `server` → `servers`. */
export const pluralOf = (slug: string): string =>
  /[^aeiou]y$/.test(slug) ? `${slug.slice(0, -1)}ies` : `${slug}s`;

/**
 * A UUID version 5 (RFC 9562): always the same for the same names in the same order. For ids of
 * aggregates that are what they connect, so that the same one cannot be created twice.
 */
export const stableUuid5 = (namespace: string, ...names: readonly string[]): string =>
  v5(JSON.stringify(names), namespace);
