/** Data as it is on the wire. */
export const Json = ({ value }: { readonly value: unknown }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
  <pre className="code" tabIndex={0}>
    {JSON.stringify(value, null, 2)}
  </pre>
);
