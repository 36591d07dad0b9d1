/** Where this machine gets Debian's own packages, and the keyring that vouches for them. */
export interface DebianMirror {
  /** `http://mirror.example/debian`, without a suite. */
  uri: string;
  /** Absolute path of the keyring named by the source, when it names one. */
  keyring: string | undefined;
}

/** A file below /etc/apt: `debian.sources` (stanzas) or `sources.list` (one line each). */
export interface AptSourceFile {
  name: string;
  text: string;
}

/** The path of Debian's main archive, which the security and third-party archives do not have. */
const DEBIAN_ARCHIVE = /^(?:https?|mirror\+https?):\/\/\S*\/debian(?:\/|$)/;

/** The first enabled source of Debian's main archive, in either of apt's two formats. */
export function findDebianMirror(files: readonly AptSourceFile[]): DebianMirror | undefined {
  for (const { name, text } of files) {
    const found = name.endsWith('.sources') ? fromStanzas(text) : fromLines(text);
    if (found) return found;
  }
  return undefined;
}

function fromStanzas(text: string): DebianMirror | undefined {
  const uncommented = text.replace(/^#.*\n?/gm, '');
  for (const stanza of uncommented.split(/\n\s*\n/)) {
    const field = (name: string) =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(stanza)?.[1]?.trim() ?? '';
    if (field('Enabled').toLowerCase() === 'no') continue;
    if (!field('Types').split(/\s+/).includes('deb')) continue;
    const uri = field('URIs')
      .split(/\s+/)
      .find((candidate) => DEBIAN_ARCHIVE.test(candidate));
    if (uri) return { uri, keyring: absolute(field('Signed-By')) };
  }
  return undefined;
}

function fromLines(text: string): DebianMirror | undefined {
  for (const line of text.split('\n')) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s/.exec(line);
    if (!match || !DEBIAN_ARCHIVE.test(match[2]!)) continue;
    const keyring = /(?:^|\s)signed-by=(\S+)/i.exec(match[1] ?? '')?.[1];
    return { uri: match[2]!, keyring: absolute(keyring) };
  }
  return undefined;
}

/** A source may also name several keyrings, a fingerprint or hold the key itself: none of those. */
function absolute(path: string | undefined): string | undefined {
  return path && /^\/\S+$/.test(path) ? path : undefined;
}
