/** Lines that stand where an answer is awaited. */
export const Skeleton = ({ lines = 3 }: { readonly lines?: number }) => (
  <div className="stack" aria-busy="true">
    <span className="visually-hidden" role="status">
      Loading
    </span>
    {Array.from({ length: lines }, (_, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
      <div key={i} className="skeleton" style={{ width: `${92 - ((i * 17) % 40)}%` }} />
    ))}
  </div>
);
