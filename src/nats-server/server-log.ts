/** Where this folder says what it does. A pino logger fits as it is. */
export interface ServerLog {
  info(message: string): void;
  warn(message: string): void;
}
