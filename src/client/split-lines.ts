/** A text that comes in pieces as lines; a last one without an end counts too. */
export const splitLines = (): TransformStream<string, string> => {
  let rest = '';
  return new TransformStream({
    transform: (piece, to) => {
      const lines = `${rest}${piece}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') to.enqueue(line);
    },
    flush: (to) => {
      if (rest.trim() !== '') to.enqueue(rest);
    },
  });
};
