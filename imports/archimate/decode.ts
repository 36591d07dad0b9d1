import { ImportError, type SourceFile } from '../importer.js';

const startsWith = (bytes: Uint8Array, ...magic: readonly number[]): boolean =>
  magic.every((byte, at) => bytes[at] === byte);

const refuseArchives = ({ path, bytes }: SourceFile): void => {
  if (startsWith(bytes, 0x50, 0x4b, 0x03, 0x04))
    throw new ImportError({
      code: 'ARCHIVE',
      file: path,
      wrong: 'is a zip archive, as Archi saves models that hold images',
      expected: 'the model.xml inside it: unzip it and import that file',
    });
  if (startsWith(bytes, 0x1f, 0x8b))
    throw new ImportError({
      code: 'ARCHIVE',
      file: path,
      wrong: 'is compressed',
      expected: 'the file or folder inside it: unpack it and import that',
    });
};

const markOf = (bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' => {
  if (startsWith(bytes, 0xff, 0xfe)) return 'utf-16le';
  if (startsWith(bytes, 0xfe, 0xff)) return 'utf-16be';
  return 'utf-8';
};

/** The text of a file, and in which encoding it was: its byte order mark says, else UTF-8. */
export const decode = (file: SourceFile): { readonly text: string; readonly encoding: string } => {
  refuseArchives(file);
  const encoding = markOf(file.bytes);
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(file.bytes), encoding };
  } catch (cause) {
    throw new ImportError(
      {
        code: 'ENCODING_NOT_SUPPORTED',
        file: file.path,
        wrong: `is not ${encoding.toUpperCase()}`,
        expected: 'UTF-8, or UTF-16 with a byte order mark: save it anew in UTF-8',
      },
      { cause },
    );
  }
};
