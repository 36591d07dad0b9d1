/** Where diagnostics go. A pino logger fits. */
export type Log = {
  warn(what: object, message: string): void;
  error(what: object, message: string): void;
};
