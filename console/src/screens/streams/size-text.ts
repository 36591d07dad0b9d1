import type { Shown } from '../../api/wire.js';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;
const PER_LINE = 16;

/** `1.2 MB`, in steps of a thousand. */
export const sizeText = (bytes: number): string => {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** step;
  return `${step > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[step]}`;
};

const bytesOf = ({ encoding, payload }: Shown): Uint8Array => {
  if (encoding === 'base64')
    return Uint8Array.from(atob(String(payload)), (one) => one.charCodeAt(0));
  const text = encoding === 'json' ? JSON.stringify(payload) : String(payload);
  return new TextEncoder().encode(text);
};

const printable = (byte: number): string =>
  byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';

/** Bytes as `xxd` shows them: place, 16 of them in hex, and what of it is text. */
export const hexOf = (shown: Shown): string => {
  const bytes = bytesOf(shown);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const part = [...bytes.subarray(at, at + PER_LINE)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const place = at.toString(16).padStart(6, '0');
    lines.push(`${place}  ${hex.padEnd(PER_LINE * 3)} ${part.map(printable).join('')}`);
  }
  return lines.join('\n');
};
