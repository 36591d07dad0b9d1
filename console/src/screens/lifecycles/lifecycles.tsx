import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useFrontPage, useKinds } from '../../api/use-kinds.js';
import { LifecyclePicture } from '../../lifecycle/lifecycle-picture.js';
import { useLifecycle } from '../../lifecycle/use-lifecycle.js';
import { Empty } from '../../ui/empty.js';
import { MomentPicker, useMoment } from '../../ui/moment-picker.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import './lifecycles.css';
import { StateBar } from './state-bar.js';
import { type TypeCounts, useTypeCounts } from './statistics.js';
import { useStatusHref } from './use-status-href.js';

/** A card is drawn when it is nearly in sight. */
const NEARLY = '300px';
const SMALL = { detail: 'statuses' } as const;

const useSeen = () => {
  const ref = useRef<HTMLElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setSeen(true),
      { rootMargin: NEARLY },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, seen };
};

const Card = ({
  type,
  summary,
  counts,
}: {
  readonly type: string;
  readonly summary: string;
  readonly counts: TypeCounts | undefined;
}) => {
  const { ref, seen } = useSeen();
  const { machine, chart } = useLifecycle(seen ? type : undefined);
  const hrefOf = useStatusHref(machine);
  const { as_of, effective_at } = useMoment();
  const moment = new URLSearchParams({
    ...(as_of !== undefined && { as_of }),
    ...(effective_at !== undefined && { effective_at }),
  }).toString();
  const to = `/lifecycles/${type}${moment === '' ? '' : `?${moment}`}`;
  return (
    <article className="card lifecycle-card" ref={ref} aria-labelledby={`lifecycle-${type}`}>
      <header>
        <h2 id={`lifecycle-${type}`}>
          <Link href={to}>{type}</Link>
        </h2>
        {counts && <span className="soft num">{counts.aggregates.toLocaleString('en')}</span>}
      </header>
      <div className="body stack">
        <p className="small soft">{summary}</p>
        <Link href={to} className="small-picture" tabIndex={-1} aria-hidden="true">
          {chart && <LifecyclePicture chart={chart} options={SMALL} />}
        </Link>
        {counts && (
          <StateBar
            states={counts.statuses.map((one) => ({
              ...one,
              href: hrefOf(one.status),
              gone: machine?.states.find(({ name }) => name === one.status)?.kind === 'deleted',
            }))}
          />
        )}
      </div>
    </article>
  );
};

/** Every aggregate type: its lifecycle in small, and how many are in which state. */
export const Lifecycles = () => {
  const kinds = useKinds();
  const known = useFrontPage().isSuccess;
  const counts = useTypeCounts(useMoment());
  return (
    <Page
      title="Lifecycles"
      lead="Every kind of thing has a lifecycle. These are the states it can be in, and how many are in each."
      actions={<MomentPicker />}
    >
      {counts.error && <Problem error={counts.error} retry={() => void counts.refetch()} />}
      {known && kinds.length === 0 && (
        <Empty title="No lifecycle is defined">
          <p>
            An aggregate is one folder in <code>actors/</code> and one line in its index.
          </p>
        </Empty>
      )}
      <div className="lifecycle-cards">
        {kinds.map(({ type, summary }) => (
          <Card
            key={type}
            type={type}
            summary={summary}
            counts={counts.data?.answer.types.find((one) => one.aggregate_type === type)}
          />
        ))}
      </div>
    </Page>
  );
};
