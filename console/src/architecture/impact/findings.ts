import type { Named } from '../landscape/name-of.js';

/** What the reports of the landscape find, as far as it is shown. */
export type Sunsets = {
  readonly today: string;
  readonly ending: number;
  readonly blocked: number;
  readonly applications: readonly (Named & {
    readonly owner: string | null;
    readonly sunset_date: string | null;
    readonly live_dependants: readonly (Named & {
      readonly holds: readonly { readonly relation_type: string; readonly via: Named | null }[];
    })[];
    readonly replacement: {
      readonly interfaces: number;
      readonly replaced: boolean | null;
      readonly interfaces_without_replacement: readonly Named[];
    };
  })[];
};

export type Gaps = {
  readonly gaps: number;
  readonly applications: readonly (Named & {
    readonly owner: string | null;
    readonly classification: string;
    readonly needed: string;
    readonly data_entities: readonly (Named & {
      readonly classification: string;
      readonly relation_types: readonly string[];
    })[];
  })[];
};

export type Stale = {
  readonly relations: number;
  readonly stale: number;
  readonly not_verified: number;
  readonly low_confidence: number;
  readonly end_gone: number;
  readonly truncated: boolean;
  readonly items: readonly {
    readonly relation_id: string;
    readonly relation_type: string;
    readonly source: Named;
    readonly target: Named;
    readonly confidence: number;
    readonly days: number;
    readonly reasons: readonly string[];
  }[];
};
