import { describe, expect, it } from 'vitest';
import { formOf } from './forms.js';
import { encodingFor } from './hardening/encodings.js';
import { prefersPage } from './prefers-page.js';
import { wishesOf } from './wishes-of.js';

describe('what a header says that is taken', () => {
  it('has names in lower case, and how gladly each is taken', () => {
    expect(wishesOf(' Br ; q=0.5 ,gzip;level=1; Q=0,zstd;q=x,\t* ')).toEqual([
      { name: 'br', quality: 0.5 },
      { name: 'gzip', quality: 0 },
      { name: 'zstd', quality: 0 },
      { name: '*', quality: 1 },
    ]);
    expect([wishesOf(undefined), wishesOf(null), wishesOf('')]).toEqual([[], [], []]);
  });

  it('is nothing where it is longer than anybody needs: it is not even looked at', () => {
    const long = `, a${' '.repeat(15_500)}b`;
    expect(encodingFor('gzip', 'application/json')).toBe('gzip');
    expect(encodingFor(`gzip${long}`, 'application/json')).toBeUndefined();
    expect(formOf(undefined, 'text/csv')).toBe('csv');
    expect(formOf(undefined, `text/csv${long}`)).toBe('json');
    expect(prefersPage('text/html')).toBe(true);
    expect(prefersPage(`text/html${long}`)).toBe(false);
  });
});
