/** What the server answers, as far as the console reads it. Names and shapes are the API's. */

export type Session = {
  readonly open: boolean;
  readonly actor: string | null;
  readonly actor_type: string | null;
  readonly roles: readonly string[];
  readonly teams: readonly string[];
  readonly permissions: readonly string[];
  readonly expires_at: string | null;
  readonly name: string;
  readonly version: string;
};

export type FrontPage = {
  readonly aggregates: readonly {
    readonly aggregate_type: string;
    readonly summary: string;
    readonly paths: readonly string[];
  }[];
};

export type ViewField = {
  readonly name: string;
  readonly type: 'text' | 'number' | 'boolean' | 'list';
  readonly values: readonly string[] | null;
  readonly within?: string;
};
export type View = {
  readonly name: string;
  readonly summary: string;
  /** The aggregate type whose resource it is. */
  readonly resource: string | null;
  readonly sources: readonly string[];
  readonly fields: readonly ViewField[];
  readonly search: readonly string[];
  readonly sort: string;
  readonly deleted: string | null;
  readonly reports: readonly { readonly name: string }[];
  readonly links: Readonly<Record<string, string>>;
};

/** One event as `/audit`, `/history` and the event stream show it. The stream leaves some out. */
export type StoredEvent = {
  readonly event_id: string;
  readonly event_type: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly aggregate_version: number;
  readonly position: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly actor_type: string;
  readonly source: string;
  readonly recorded_at: string;
  readonly occurred_at: string;
  readonly effective_at: string | null;
  readonly correlation_id: string | null;
  readonly business_justification: string | null;
  readonly approval_id: string | null;
  readonly command_id: string;
  readonly command_type: string | null;
  readonly sensitive: boolean;
  readonly critical: boolean;
  readonly status: string | null;
  readonly fields: readonly string[];
  readonly changes: readonly {
    readonly field: string;
    readonly from: unknown;
    readonly to: unknown;
  }[];
};

export type Page<T> = {
  readonly items: readonly T[];
  readonly total: number;
  readonly has_more: boolean;
  readonly next_cursor: string | null;
  readonly position: string;
  readonly as_of?: string;
  readonly effective_at?: string;
};
export type Groups = {
  readonly groups: readonly { readonly value: string | null; readonly count: number }[];
  readonly total: number;
  readonly has_more: boolean;
};
export type Report<T> = { readonly answer: T; readonly position: string };

export type PossibleCommand = {
  readonly command_type: string;
  readonly summary: string;
  readonly href: string;
  readonly schema: string;
  readonly sensitive: boolean;
  readonly approval: boolean;
  readonly roles: readonly string[];
};
