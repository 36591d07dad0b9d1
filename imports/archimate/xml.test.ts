import { describe, expect, it } from 'vitest';
import { ImportError } from '../../src/operate/importing/importer.js';
import { LIMITS, type Limits } from './limits.js';
import { readXml, textOf, type XmlNode } from './xml.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (content: string | Uint8Array, limits?: Partial<Limits>): XmlNode =>
  readXml(
    { path: 'm.xml', bytes: typeof content === 'string' ? utf8(content) : content },
    new Set(['view']),
    { ...LIMITS, ...limits },
  );
const refusal = (content: string | Uint8Array, limits?: Partial<Limits>) => {
  try {
    read(content, limits);
  } catch (error) {
    expect(error).toBeInstanceOf(ImportError);
    const { code, line, message } = error as ImportError;
    return { code, line, message };
  }
  throw new Error('it was read');
};

describe('an XML file', () => {
  it('is read with names, attributes, texts and lines', () => {
    const root = read(
      '<?xml version="1.0" encoding="UTF-8"?>\n<m xmlns="urn:m" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">\n<a\n i:type="X" b="&lt;&#65;"> t<![CDATA[<u>]]> </a>\n</m>',
    );
    expect(root).toMatchObject({ name: 'm', namespace: 'urn:m', line: 2 });
    expect(root.attributes.size).toBe(0);
    const [a] = root.children;
    expect(a).toMatchObject({ name: 'a', line: 3 });
    expect([...a!.attributes]).toEqual([
      ['xsi:type', 'X'],
      ['b', '<A'],
    ]);
    expect(textOf(root, 'a')).toBe('t<u>');
    expect(textOf(root, 'b')).toBeNull();
  });

  it('keeps what is left out without what is in it', () => {
    const root = read('<m><view x="1"><m><view/>text</m></view><a/></m>');
    expect(root.children.map(({ name, children, text }) => [name, children, text])).toEqual([
      ['view', [], ''],
      ['a', [], ''],
    ]);
  });

  it('may be in UTF-8 or UTF-16 with a byte order mark', () => {
    const text = '<?xml version="1.0" encoding="UTF-16"?><m n="é"/>';
    const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const big = Buffer.from(little).swap16();
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8('<m n="é"/>')]);
    for (const bytes of [little, big, marked]) expect(read(bytes).attributes.get('n')).toBe('é');
  });

  it.each([
    ['another encoding is declared', '<?xml version="1.0" encoding="ISO-8859-1"?><m/>'],
    ['UTF-16 is declared and it is not', '<?xml version="1.0" encoding="UTF-16"?><m/>'],
    ['the bytes are no UTF-8', Buffer.from([0x3c, 0x6d, 0xe9, 0x2f, 0x3e])],
  ])('is refused when %s', (_, content) => {
    expect(refusal(content).code).toBe('ENCODING_NOT_SUPPORTED');
  });

  it.each([
    ['an unclosed tag', '<m>\n<a>\n</m>', 3],
    ['an unknown entity', '<m>\n&constructor;</m>', 2],
    ['a prefix that stands for nothing', '<x:m/>', 1],
    ['an attribute given twice', '<m a="1" a="2"/>', 1],
    ['an impossible character', '<m>&#0;</m>', 1],
    ['nothing', '', 1],
    ['text after the end', '<m/>x', 1],
  ])('is refused with the line when it has %s', (_, content, line) => {
    expect(refusal(content)).toMatchObject({ code: 'NOT_WELL_FORMED', line });
  });

  it('says line and column of what is not well-formed', () => {
    expect(refusal('<m>\n  <a b=c/></m>').message).toMatch(/^m\.xml, line 2: .*\(column \d+\)/);
  });

  it.each([
    [
      'entities that grow',
      '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><m>&b;</m>',
    ],
    [
      'a file that is to be fetched',
      '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><m>&x;</m>',
    ],
    ['an external document type', '<!DOCTYPE m SYSTEM "http://example.org/m.dtd"><m/>'],
  ])('is refused for %s', (_, content) => {
    expect(refusal(content).code).toBe('DOCTYPE_REFUSED');
  });

  it('is refused when tags are too deep, too many, or have too many attributes', () => {
    expect(refusal(`${'<a>'.repeat(10_000)}${'</a>'.repeat(10_000)}`).code).toBe('TOO_DEEP');
    expect(refusal(`<m>${'<view>'.repeat(300)}${'</view>'.repeat(300)}</m>`).code).toBe('TOO_DEEP');
    expect(refusal(`<m>${'<a/>'.repeat(10)}</m>`, { tags: 10 }).code).toBe('TOO_MANY_TAGS');
    expect(read(`<m>${'<a/>'.repeat(9)}</m>`, { tags: 10 }).children).toHaveLength(9);
    const many = Array.from({ length: 5_000 }, (_, index) => `a${index}=""`).join(' ');
    expect(refusal(`<m ${many}/>`).code).toBe('TOO_MANY_ATTRIBUTES');
  });

  it('is refused when it is too large, before it is read', () => {
    expect(refusal(`<m a="${'x'.repeat(2_000)}"/>`, { bytes: 1_000 }).code).toBe('TOO_LARGE');
  });

  it('is refused when it is packed, saying what to do', () => {
    const zip = refusal(Buffer.from('PK\u0003\u0004 model.xml'));
    expect(zip).toMatchObject({ code: 'ARCHIVE' });
    expect(zip.message).toContain('unzip it');
    expect(refusal(Buffer.from([0x1f, 0x8b, 8])).code).toBe('ARCHIVE');
  });

  it('never shows more than the beginning of a long value', () => {
    expect(
      refusal(`<?xml version="1.0" encoding="${'x'.repeat(5_000)}"?><m/>`).message.length,
    ).toBeLessThan(400);
  });
});
