const plain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * Where a document is something that JSON would change or drop: `undefined`, NaN, a Date.
 * undefined = it is JSON. What was there `before`, by reference, was looked at already.
 */
export const notJson = (value: unknown, before: unknown, path = ''): string | undefined => {
  if (value === before && value !== undefined) return undefined;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path || '(document)';
  if (typeof value !== 'object') return path || '(document)';
  const known = (before ?? {}) as Readonly<Record<string, unknown>>;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const wrong = notJson(value[index], known[index], `${path}[${index}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
  if (!plain(value)) return path || '(document)';
  for (const [name, one] of Object.entries(value)) {
    const wrong = notJson(one, known[name], path === '' ? name : `${path}.${name}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
};
