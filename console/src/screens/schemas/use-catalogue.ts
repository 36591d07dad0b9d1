import { useAnswer } from '../../api/use-answer.js';

export type EventEntry = {
  readonly aggregate_type: string;
  readonly event_type: string;
  readonly summary: string | null;
  readonly version: number;
  readonly versions: readonly number[];
  readonly upcasters: readonly { readonly from: number; readonly to: number }[];
  readonly sensitive: boolean;
  readonly critical: boolean;
  readonly schema: string;
  /** The commands that may write it. */
  readonly commands: readonly string[];
  readonly transitions: readonly {
    readonly from: string;
    readonly to: string;
    readonly when?: { readonly field: string; readonly value: string };
  }[];
  /** The projections that read it. */
  readonly projections: readonly string[];
  /** Whether all that was ever written can still be read; the versions that cannot. */
  readonly readable: boolean;
  readonly unreadable_versions: readonly number[];
  /** Changes with whatever shapes the folded state of its aggregate type. */
  readonly definition: string;
};
export type CommandEntry = {
  readonly aggregate_type: string;
  readonly command_type: string;
  readonly summary: string | null;
  readonly sensitive: boolean;
  readonly approval: boolean;
  readonly creates: boolean;
  readonly critical: boolean;
  readonly aliases: readonly string[];
  readonly emits: readonly string[];
  readonly roles: readonly string[];
  readonly schema: string;
};
export type Catalogue = {
  readonly events: readonly EventEntry[];
  readonly commands: readonly CommandEntry[];
};

/** All events and commands there are, from the definitions: they do not change while a node runs. */
export const useCatalogue = () => useAnswer<Catalogue>('/catalogue', {}, { follows: [] });
