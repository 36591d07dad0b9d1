import type { Finding } from '../../api/wire.js';

/** In a sentence: is it sound? */
export const verdict = (
  findings: readonly Finding[],
): { readonly tone: 'good' | 'warn' | 'bad'; readonly said: string } => {
  const broken = findings.filter(({ grade }) => grade === 'broken').length;
  const odd = findings.length - broken;
  const count = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
  if (broken > 0)
    return {
      tone: 'bad',
      said: `${count(broken, 'thing')} ${broken === 1 ? 'is' : 'are'} broken${odd > 0 ? `, and ${odd} odd` : ''}.`,
    };
  if (odd > 0)
    return { tone: 'warn', said: `Nothing is lost or altered. ${count(odd, 'thing')} to know:` };
  return {
    tone: 'good',
    said: 'Nothing is lost, nothing is altered, nothing contradicts the log.',
  };
};
