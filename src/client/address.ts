export type Params = Readonly<Record<string, unknown>>;

/** Path and query: a list is said once per member, null as `null`, undefined not at all. */
export const address = (path: string, params: Params): string => {
  const pairs = Object.entries(params).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== undefined)
      .map((one): [string, string] => [name, String(one)]),
  );
  if (pairs.length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(pairs)}`;
};
