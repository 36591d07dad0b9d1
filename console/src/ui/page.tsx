import { type ReactNode, useEffect } from 'react';

/** A screen: its name in the tab and as the one h1, what it is for, its actions, its content. */
export const Page = ({
  title,
  lead,
  crumbs,
  actions,
  children,
}: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly crumbs?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) => {
  useEffect(() => {
    document.title = `${title} – Stele`;
  }, [title]);
  return (
    <div className="page">
      <div className="page-head">
        <div>
          {crumbs && <div className="crumbs">{crumbs}</div>}
          <h1>{title}</h1>
          {lead && <p className="lead">{lead}</p>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </div>
      {children}
    </div>
  );
};
