import type { Catalogue, CommandEntry, EventEntry } from './use-catalogue.js';

export type Of = 'events' | 'commands';
/** An event or a command, as the list shows it. */
export type Entry = {
  readonly type: string;
  readonly name: string;
  readonly summary: string | null;
  readonly marks: readonly string[];
};
export type Wanted = { readonly of: Of; readonly text: string; readonly types: readonly string[] };

const ofEvent = (one: EventEntry): Entry => ({
  type: one.aggregate_type,
  name: one.event_type,
  summary: one.summary,
  marks: [
    ...(one.version > 1 ? [`version ${one.version}`] : []),
    ...(one.readable === false ? ['not readable'] : []),
    ...(one.critical ? ['critical'] : []),
    ...(one.sensitive ? ['sensitive'] : []),
  ],
});
const ofCommand = (one: CommandEntry): Entry => ({
  type: one.aggregate_type,
  name: one.command_type,
  summary: one.summary,
  marks: [
    ...(one.creates ? ['creates'] : []),
    ...(one.sensitive ? ['sensitive'] : []),
    ...(one.approval ? ['approval'] : []),
  ],
});

export const keyOf = ({ type, name }: Pick<Entry, 'type' | 'name'>): string => `${type}/${name}`;

/** What was asked for, by aggregate type in the order of the definitions. */
export const wantedOf = (
  catalogue: Catalogue,
  { of, text, types }: Wanted,
): readonly { readonly type: string; readonly entries: readonly Entry[] }[] => {
  const all = of === 'events' ? catalogue.events.map(ofEvent) : catalogue.commands.map(ofCommand);
  const low = text.trim().toLowerCase();
  const found = all.filter(
    ({ type, name, summary }) =>
      (types.length === 0 || types.includes(type)) &&
      (low === '' || `${type} ${name} ${summary ?? ''}`.toLowerCase().includes(low)),
  );
  return [...new Set(found.map(({ type }) => type))].map((type) => ({
    type,
    entries: found.filter((one) => one.type === type),
  }));
};
