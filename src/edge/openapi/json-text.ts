/** What is shorter than this stands on one line. */
const LINE_MAX = 160;

/** JSON for people and for diffs: what is short stays on one line, fields keep their order. */
export const jsonText = (value: unknown, indent = ''): string => {
  const line = JSON.stringify(value);
  if (indent.length + line.length <= LINE_MAX || typeof value !== 'object' || value === null)
    return line;
  const deeper = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((one) => jsonText(one, deeper))
    : Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .map(([key, one]) => `${JSON.stringify(key)}: ${jsonText(one, deeper)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${lines.map((one) => deeper + one).join(',\n')}\n${indent}${close}`;
};
