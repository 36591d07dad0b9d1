/** What a key is inside of: of `services/1/sla`, `services` and `services/1`. */
export function* above(key: string): Generator<string> {
  for (let at = key.indexOf('/'); at !== -1; at = key.indexOf('/', at + 1)) yield key.slice(0, at);
}
