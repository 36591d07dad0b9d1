import { ImportError, type SourceFile } from '../src/operate/importing/importer.js';

/** How far a file is looked into to guess its encoding. */
const GUESS_BYTES = 1_024;

const startsWith = (bytes: Uint8Array, ...magic: readonly number[]): boolean =>
  magic.every((byte, at) => bytes[at] === byte);

/** What a kind of file is called, and what to do with one that is packed. */
export type FileKind = {
  readonly name: string;
  /** What a zip archive in its place is, and what to give instead. */
  readonly zip: readonly [is: string, expected: string];
  /** What helps besides, where it is in another encoding. */
  readonly otherwise?: string;
};

const refuseArchives = ({ path, bytes }: SourceFile, { zip: [is, expected] }: FileKind): void => {
  const archive = (wrong: string, wanted: string): ImportError =>
    new ImportError({ code: 'ARCHIVE', file: path, wrong, expected: wanted });
  if (startsWith(bytes, 0x50, 0x4b, 0x03, 0x04)) throw archive(is, expected);
  if (startsWith(bytes, 0x1f, 0x8b))
    throw archive('is compressed', 'the file or folder inside it: unpack it and import that');
};

const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const markOf = (bytes: Uint8Array): Encoding | undefined => {
  if (startsWith(bytes, 0xef, 0xbb, 0xbf)) return 'utf-8';
  if (startsWith(bytes, 0xff, 0xfe)) return 'utf-16le';
  if (startsWith(bytes, 0xfe, 0xff)) return 'utf-16be';
  return undefined;
};

/** What bytes that are not UTF-8 seem to be, for people. */
const guess = (bytes: Uint8Array): string =>
  bytes.subarray(0, GUESS_BYTES).includes(0)
    ? 'it may be UTF-16 without a byte order mark'
    : 'it may be Windows-1252 or ISO-8859-1, which Excel calls ANSI';

/**
 * The text of a file, and in which encoding it was: its byte order mark says, else whoever knows,
 * else UTF-8. @throws ImportError
 */
export const decode = (
  file: SourceFile,
  kind: FileKind,
  said?: Encoding,
): { readonly text: string; readonly encoding: Encoding } => {
  refuseArchives(file, kind);
  const encoding = markOf(file.bytes) ?? said ?? 'utf-8';
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(file.bytes), encoding };
  } catch (cause) {
    throw new ImportError(
      {
        code: 'ENCODING_NOT_SUPPORTED',
        file: file.path,
        wrong: `is not ${encoding.toUpperCase()}${encoding === 'utf-8' ? `: ${guess(file.bytes)}` : ''}`,
        expected: `${kind.name} in UTF-8, or in UTF-16 with a byte order mark: save it anew in UTF-8${kind.otherwise ?? ''}`,
      },
      { cause },
    );
  }
};
