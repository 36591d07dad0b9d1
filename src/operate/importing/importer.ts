/** A command envelope that an importer proposes; it goes through the same door as anyone's. */
export type ImportCommand = {
  readonly command_id: string;
  readonly command_type: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly correlation_id: string;
  readonly actor: string;
  readonly actor_type: 'user' | 'service' | 'system';
  readonly source: 'import';
  readonly command_timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly dry_run?: true;
  readonly metadata: {
    readonly business_justification?: string;
    readonly approval_id?: string;
    /** When it became true in the world; left out when the source does not tell. */
    readonly effective_at?: string;
  };
};

/** Something that was skipped, or read in a particular way, and why. */
export type ImportNote = {
  readonly where: string;
  readonly kind: string;
  readonly message: string;
};

/** One version of the source. */
export type ImportStep = {
  readonly label: string;
  readonly commands: readonly ImportCommand[];
  readonly notes: readonly ImportNote[];
};

/** A source that was opened: its number of steps, and the steps, from the first each time. */
export type OpenedImport = {
  readonly steps: number;
  /** What must not be there when it begins: a refusal of the first step that nothing comes after. */
  readonly begins?: { readonly refusedBy: string; readonly otherwise: string };
  read(): AsyncIterable<ImportStep>;
};

/**
 * Turns a file into commands. The same file yields the same commands with the same ids, so an
 * import that is run again replays; one that stopped half-way goes on.
 */
export type Importer = {
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  /** What the file must look like. */
  readonly format: string;
  open(file: string): Promise<OpenedImport>;
};

/** What is wrong with a file. */
export type ImportProblem = {
  /** Stable, for programs. */
  readonly code: string;
  readonly file: string;
  /** From 1; absent when it is about the file as a whole. */
  readonly line?: number;
  readonly wrong: string;
  readonly expected: string;
};

/** The file cannot be imported: where, what was wrong, what was expected. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly code: string;
  readonly file: string;
  readonly line: number | undefined;
  readonly wrong: string;
  readonly expected: string;

  constructor({ code, file, line, wrong, expected }: ImportProblem, options?: ErrorOptions) {
    const at = line === undefined ? file : `${file}, line ${line}`;
    super(`${at}: ${wrong}; expected ${expected}`, options);
    this.code = code;
    this.file = file;
    this.line = line;
    this.wrong = wrong;
    this.expected = expected;
  }
}

/** A file of a model as it came in: its path within the set, with forward slashes. */
export type SourceFile = { readonly path: string; readonly bytes: Uint8Array };

/** An aggregate as it is now. Deleted ones still show what they were. */
export type Standing = {
  readonly presence: 'absent' | 'present' | 'deleted';
  readonly status: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** What an event of an aggregate tells of a change and of who made it. */
export type Happened = {
  readonly event_id: string;
  readonly event_type: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly aggregate_version: number;
  /** Its place among the events of all aggregates of its type. */
  readonly sequence: number;
  readonly event_timestamp: string;
  readonly actor: string;
  readonly source: string;
  readonly correlation_id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
};

/** What is there already: what a model is compared with. */
export type Landscape = {
  /** Who holds what one of that type with such data needs for itself alone, such as its name. */
  holder(
    aggregate_type: string,
    data: Readonly<Record<string, unknown>>,
  ): Promise<string | undefined>;
  state(aggregate_type: string, id: string): Promise<Standing>;
  /** The events of one aggregate, first to last. */
  events(aggregate_type: string, id: string): Promise<readonly Happened[]>;
  /** The id that what a command says makes, for aggregates that are what they connect. */
  identity(
    aggregate_type: string,
    command_type: string,
    data: Readonly<Record<string, unknown>>,
  ): string | undefined;
};

/** A command that an import or a revert is going to send. */
export type PlannedCommand = Pick<
  ImportCommand,
  'command_type' | 'aggregate_type' | 'aggregate_id' | 'data'
> & {
  /** What it is about, for people: `Application "Payroll"`. */
  readonly about: string;
  /** Tells commands with the same content apart: the same plan gives the same keys. */
  readonly key?: string;
  /** The id of what is there when it was accepted; without it, what needs that is not sent. */
  readonly makes?: string;
  readonly needs?: readonly string[];
};

/** Commands for one aggregate, in order. */
export type Chain = readonly PlannedCommand[];

/** Chains that may be sent at the same time; phases follow one another. */
export type Phase = {
  readonly name: string;
  /** Few at a time where all would compete for the same tree. */
  readonly atOnce: number;
  readonly chains: readonly Chain[];
};

/** Everything that is going to be sent, and what is left alone or left out, and why. */
export type Plan = { readonly phases: readonly Phase[]; readonly notes: readonly ImportNote[] };

/** An aggregate that an import changed. */
export type Touched = { readonly aggregate_type: string; readonly aggregate_id: string };

/** Why commands are sent, and what earlier imports of the same model changed. */
export type Comparing = { readonly because: string; readonly earlier: readonly Touched[] };

/** A model that was read and not compared with anything yet. */
export type ReadModel = {
  /** Whose model it is: a changed export of it has the same. */
  readonly source: string;
  /** How many of each kind the files hold, those that were skipped among them. */
  readonly found: Readonly<Record<string, number>>;
  readonly notes: readonly ImportNote[];
  /** What has to be sent so that the landscape says what the model says. */
  compare(landscape: Landscape, comparing: Comparing): Promise<Plan>;
};

/** How the files of a format become a model. */
export type ModelFormat = {
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  /** What the files must look like. */
  readonly format: string;
  /** Which files of a folder belong to a model. */
  readonly isPart: (path: string) => boolean;
  /** A file without what nobody reads of it, such as layout and images. */
  readonly lighten?: (file: SourceFile) => SourceFile;
  /** Whether it cannot be read without a mapping file. */
  readonly needsMapping?: true;
  /** @throws ImportError when the files are not what the format says */
  read(
    files: readonly SourceFile[],
    options: {
      readonly mapping?: SourceFile;
      /** Nobody waits for it any more: it rejects. */
      readonly signal?: AbortSignal;
    },
  ): Promise<ReadModel>;
};

/** What takes an import back: inverse commands, and what stays because others changed it. */
export type Undo = (
  landscape: Landscape,
  touched: readonly Touched[],
  of: { readonly import_id: string; readonly revert_id: string; readonly because: string },
) => Promise<Plan>;

/** All formats of models, and how an import of one is taken back. */
export type ModelImports = { readonly formats: readonly ModelFormat[]; readonly undo: Undo };
