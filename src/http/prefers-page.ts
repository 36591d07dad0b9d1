/** How much a type is wanted: the most exact of the ranges that hold it says so (RFC 9110 12.5.1). */
const wanted = (accepted: string, type: string): number => {
  const [family = ''] = type.split('/');
  const ranges = accepted.split(',').map((range) => {
    const [name = '', ...parameters] = range
      .toLowerCase()
      .split(';')
      .map((one) => one.trim());
    const q = parameters.find((one) => one.startsWith('q='))?.slice(2);
    return { name, q: q === undefined ? 1 : Number(q) || 0 };
  });
  for (const name of [type, `${family}/*`, '*/*']) {
    const found = ranges.find((range) => range.name === name);
    if (found) return found.q;
  }
  return 0;
};

/** Whether somebody would rather look at a page than read JSON. Programs say nothing, or anything. */
export const prefersPage = (accepted = ''): boolean =>
  wanted(accepted, 'text/html') > wanted(accepted, 'application/json');
