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
  readonly metadata: {
    readonly business_justification?: string;
    readonly approval_id?: string;
    /** When it became true in the world. */
    readonly effective_at: string;
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

type ImportProblem = {
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
