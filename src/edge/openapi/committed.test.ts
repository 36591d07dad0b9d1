import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apiDocuments } from '../../../scripts/api-documents.js';
import { jsonText } from './json-text.js';

describe('the descriptions that are kept', () => {
  it.each(Object.entries(apiDocuments()))('%s is what the definitions say', (file, text) => {
    const kept = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
    const same = kept === text;
    expect(same, `${file} is old: npm run docs:api writes it anew`).toBe(true);
  });
});

describe('JSON for people', () => {
  it('says the same as JSON', () => {
    const value = { a: [1, 'x'.repeat(200), null], b: { c: undefined, d: {} }, e: [] };
    expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)));
    expect(jsonText({ short: [1] })).toBe('{"short":[1]}');
  });
});
