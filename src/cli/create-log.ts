import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { type Io, type Paint, paintFor } from './io.js';
import { printable } from './printable.js';

type Line = {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly err?: { readonly message?: string; readonly code?: string; readonly stack?: string };
} & Readonly<Record<string, unknown>>;

const NOT_SHOWN = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'err']);

const labelOf = (level: number, paint: Paint): string => {
  if (level >= 50) return paint('red', 'ERROR');
  if (level >= 40) return paint('yellow', 'WARN ');
  if (level >= 30) return paint('green', 'INFO ');
  return paint('dim', 'DEBUG');
};

/** A log line for people: time of day, level, message, the other fields, the cause. */
export const readableLine = (json: string, paint: Paint): string => {
  const line = JSON.parse(json) as Line;
  const time = new Date(line.time).toISOString().slice(11, 23);
  const fields = Object.entries(line)
    .filter(([name]) => !NOT_SHOWN.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const more = fields.length === 0 ? '' : `  ${paint('dim', fields.join(' '))}`;
  const { code, message, stack } = line.err ?? {};
  const cause = line.err
    ? `\n  ${paint('red', code ?? 'cause')}: ${message}${line.level >= 50 && stack ? `\n${stack}` : ''}`
    : '';
  return `${paint('dim', time)} ${labelOf(line.level, paint)} ${line.msg ?? ''}${more}${cause}\n`;
};

/** Logs go to standard error: readable on a terminal, JSON lines elsewhere. */
export const createLog = (io: Io, level: string): Logger => {
  const { stderr } = io;
  if (!stderr.isTTY) return pino({ level }, stderr);
  const paint = paintFor(stderr, io.env);
  const readable = new Writable({
    decodeStrings: false,
    write: (json: string, _, next) => {
      stderr.write(printable(readableLine(String(json), paint)));
      next();
    },
  });
  return pino({ level }, readable);
};
