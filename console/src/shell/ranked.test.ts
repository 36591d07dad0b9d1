import { describe, expect, it } from 'vitest';
import { arranged, type Entry, ranked } from './ranked.js';

const thing = (label: string): Entry => ({
  key: label,
  label,
  about: 'Shed',
  href: `/things/sheds/${label}`,
  kind: 'thing',
});
const screen = (label: string, words = ''): Entry => ({
  key: label,
  label,
  about: 'Screen',
  href: `/${label}`,
  words,
  kind: 'screen',
});
const labels = (text: string, entries: readonly Entry[]) =>
  ranked(text, entries).map(({ label }) => label);

describe('what is found by a text', () => {
  it('is the exact name first, then what begins so, then screens, then what contains it', () => {
    const entries = [
      screen('Signals'),
      screen('All integrations'),
      screen('Machines', 'signon states'),
      thing('the signon helper'),
      thing('Signon frontend'),
      thing('signon'),
    ];
    expect(labels('signon', entries)).toEqual([
      'signon',
      'Signon frontend',
      'Machines',
      'the signon helper',
    ]);
    expect(labels('sign', entries).slice(0, 3)).toEqual(['signon', 'Signon frontend', 'Signals']);
  });
  it('holds the letters together and in their order', () => {
    expect(labels('signon', [screen('All integrations')])).toEqual([]);
  });
  it('is a screen before things that only contain its name', () => {
    expect(labels('audit', [thing('my audit tool'), screen('Audit')])[0]).toBe('Audit');
  });
  it('keeps what the server found by something else than the name', () => {
    expect(labels('team blue', [thing('signon')])).toEqual(['signon']);
  });
  it('is all screens before anything is typed, in their order', () => {
    expect(labels(' ', [screen('B'), screen('A')])).toEqual(['B', 'A']);
  });
});

describe('what is found by an id and by a name', () => {
  const arrangedBy = (text: string, byId: readonly Entry[], others: readonly Entry[]) =>
    arranged(text, { byId, others }).map(({ label }) => label);

  it('is what is called exactly so before what only has such an id', () => {
    const byId = [thing('Ledger'), thing('Payroll')];
    const others = [thing('Feeder'), thing('Feed')];
    expect(arrangedBy('feed', byId, others)).toEqual(['Feed', 'Ledger', 'Payroll', 'Feeder']);
    expect(arrangedBy('feed ', byId, [screen('Feed')])[0]).toBe('Feed');
  });
  it('is what has the id before all that only contains the text, each once', () => {
    const both = thing('Old cafe');
    const others = [both, thing('cafeteria'), screen('Cafes')];
    expect(arrangedBy('cafe', [thing('Ledger'), both], others)).toEqual([
      'Ledger',
      'Old cafe',
      'cafeteria',
      'Cafes',
    ]);
    expect(arrangedBy('old cafe', [thing('Ledger'), both], others)[0]).toBe('Old cafe');
  });
});
