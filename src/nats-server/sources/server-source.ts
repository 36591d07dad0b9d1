export type Obtained = { ok: true; path: string } | { ok: false; reason: string };

interface SourceContext {
  env: NodeJS.ProcessEnv;
  /** An empty private directory, removed once the binary has been taken out of it. */
  workDir: string;
}

/**
 * One place that a nats-server binary can come from. `obtain` leaves the binary in the work
 * directory; it is bounded in time and answers with a one-line reason when it has none. Whoever
 * calls checks the version.
 */
export interface ServerSource {
  /** Short, as it is named in messages: `official release`. */
  name: string;
  /** What it does, to be read after "Looking for nats-server: ". */
  doing: string;
  obtain(context: SourceContext): Promise<Obtained>;
}

/** The release that Stele asks for where it may choose. */
export const NATS_RELEASE = '2.15.1';
