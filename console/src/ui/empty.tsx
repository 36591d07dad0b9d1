import type { ReactNode } from 'react';

/** Nothing is here: why, and what to do next. */
export const Empty = ({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}) => (
  <div className="empty">
    <strong>{title}</strong>
    {children}
  </div>
);
