import { expect, it } from 'vitest';
import { readArchimate } from './index.js';
import { lighten } from './lighten.js';

const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<archimate:model xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:archimate="http://www.archimatetool.com/archimate" name="M" id="m">
<folder name="V" id="v" type="diagrams">
<element xsi:type="archimate:ArchimateDiagramModel" name="é" id="d">
<child xsi:type="archimate:DiagramObject" id="c1" archimateElement="a">
  <bounds x="1" y="2"/>
  <child xsi:type="archimate:DiagramObject" id="c2" archimateElement="b"><bounds x="1"/></child>
</child>
<child xsi:type="archimate:DiagramObject" id="c3" archimateElement="b"/>
</element></folder>
<folder name="F" id="f" type="application">
<element xsi:type="archimate:ApplicationComponent" id="a" name="Payroll"><documentation>x &lt; y</documentation></element>
</folder></archimate:model>
`;
const file = (text: string) => ({ path: 'm.archimate', bytes: Buffer.from(text) });

it('leaves layout away, and nothing else: it is read as before, line by line', () => {
  const light = lighten(file(MODEL));
  expect(Buffer.from(light.bytes).toString()).not.toMatch(/bounds|c2/);
  expect(Buffer.from(light.bytes).toString()).toContain('id="c3" archimateElement="b"/>');
  expect(readArchimate([light])).toEqual(readArchimate([file(MODEL)]));
  expect(lighten(light)).toEqual(light);
});

it('leaves a file alone that is no XML, or holds no diagram', () => {
  for (const text of ['<a><child>', 'PK\u0003\u0004', '<a/>'])
    expect(lighten(file(text))).toEqual(file(text));
});
