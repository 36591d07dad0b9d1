import { canonical, sha256 } from '../../../core/canonical.js';
import type { Hashed } from '../../../core/former-hash.js';
import type { Keyed } from '../../../write/runtime/first-answer.js';
import { TOGETHER_MAX } from '../../../write/runtime/limits.js';
import type { Asking } from './asking.js';
import { commandIds, possibleIds, type RequestKey } from './command-ids.js';
import type { Planned } from './planned.js';
import type { Settable } from './settable.js';

const REDACTED = '[redacted]';

/**
 * What was asked, and nothing of why, by whom or on which version: those may differ when it is
 * asked again. Nothing can be told from it about a secret.
 */
const hashOf = ({ method }: RequestKey, { settable, id, fields }: Asking): string => {
  const { definition, part, secrets } = settable;
  const said = [...fields].map(([name, value]) => [name, secrets.has(name) ? REDACTED : value]);
  // As JSON says it: a number like 1e999 is none that the canonical form has.
  const asked: unknown = JSON.parse(JSON.stringify(Object.fromEntries(said)));
  const what = part ? `${definition.slug}/${part.within}` : definition.slug;
  return sha256(canonical([method, what, id ?? '', asked]));
};

const hashed = ({ definition }: Settable, { type, data }: Planned): Hashed | undefined => {
  const spec = definition.commands[type]!;
  const parsed = spec.data.strict().safeParse(data);
  if (!parsed.success) return undefined;
  return { command_type: type, spec, asked: data, data: parsed.data as Planned['data'] };
};

/** How a request is known when it comes again; undefined when its client gave it no key. */
export const keyedOf = (asking: Asking): Keyed | undefined => {
  const { settable, template, plannedOn } = asking;
  const { request, own } = template;
  if (!own) return undefined;
  return {
    types: possibleIds(request, settable),
    hash: hashOf(request, asking),
    formerly: (before) => {
      const commands = plannedOn(before);
      // Nothing that was accepted became so many: each would be read and hashed in vain.
      if (commands.length > TOGETHER_MAX) return new Map();
      const found = new Map<string, Hashed>();
      for (const [at, id] of commandIds(request, commands).entries()) {
        const one = hashed(settable, commands[at]!);
        if (one) found.set(id, one);
      }
      return found;
    },
  };
};
