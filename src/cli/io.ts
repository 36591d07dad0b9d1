import { styleText } from 'node:util';
import { printable, type STYLES } from './printable.js';

/** The world of a command line: data goes out, everything said about it goes to `err`. */
export type Io = {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
};

export const processIo = (): Io => ({
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
});

type Style = (typeof STYLES)[number];
export type Paint = (style: Style, text: string) => string;

/** Colours for a terminal, none for a file, a pipe or NO_COLOR. */
export const paintFor = (stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Paint => {
  const coloured = stream.isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
  return (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text);
};

export const write = (stream: NodeJS.WritableStream, text: string): void => {
  const shown = printable(text);
  stream.write(shown.endsWith('\n') ? shown : `${shown}\n`);
};
