import { describe, expect, it } from 'vitest';
import { findDebianMirror } from './debian-mirror.js';

const stanzas = (text: string) => findDebianMirror([{ name: 'debian.sources', text }]);
const lines = (text: string) => findDebianMirror([{ name: 'sources.list', text }]);

describe("the machine's Debian mirror", () => {
  it('is read from stanzas, past comments, other archives and disabled ones', () => {
    const text = `Types: deb
URIs: https://packages.example/nodistro
Suites: nodistro

Enabled: no
Types: deb
URIs: http://off.example/debian

# URIs: http://commented.example/debian
Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security

Types: deb deb-src
# a remark
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;
    expect(stanzas(text)).toEqual({
      uri: 'http://mirror.example/debian',
      keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
    });
  });

  it('is read from one-line sources', () => {
    expect(
      lines(`# deb http://commented.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb http://ubuntu.example/ubuntu noble main
deb [arch=amd64 signed-by=/keys/debian.gpg] https://mirror.example/debian/ bookworm main
`),
    ).toEqual({ uri: 'https://mirror.example/debian/', keyring: '/keys/debian.gpg' });
    expect(lines('deb http://mirror.example/debian bookworm main')).toEqual({
      uri: 'http://mirror.example/debian',
      keyring: undefined,
    });
  });

  it('takes no keyring from an inline key or a fingerprint', () => {
    const stanza = 'Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie\nSigned-By:';
    expect(stanzas(`${stanza}\n -----BEGIN PGP PUBLIC KEY BLOCK-----`)?.keyring).toBeUndefined();
    expect(stanzas(`${stanza} 6D33866EDD8FFA41C0143AEDDCC9EFBF77E11517`)?.keyring).toBeUndefined();
  });

  it('is none on another system', () => {
    expect(lines('deb http://ubuntu.example/ubuntu noble main')).toBeUndefined();
    expect(findDebianMirror([])).toBeUndefined();
  });
});
