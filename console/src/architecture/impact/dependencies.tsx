import { lazy, Suspense, useMemo } from 'react';
import { Link } from 'wouter';
import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Answered } from '../../ui/answered.js';
import { Empty } from '../../ui/empty.js';
import { useMoment } from '../../ui/moment-picker.js';
import { Notice } from '../../ui/notice.js';
import { Skeleton } from '../../ui/skeleton.js';
import { Choices, oneOf } from '../landscape/choices.js';
import { useElementHref } from '../landscape/element-link.js';
import {
  countOf,
  countsInWords,
  KIND_ORDER,
  keyOf,
  type Named,
  nameOf,
} from '../landscape/name-of.js';
import { ElementPicker } from './element-picker.js';
import { DIRECTIONS, type ImpactAnswer } from './impact-answer.js';
import { ImpactList } from './impact-list.js';
import { Suggestions } from './suggestions.js';
import { TheWay } from './the-way.js';
import { headline } from './way-in-words.js';

const ImpactGraph = lazy(async () => ({
  default: (await import('./impact-graph.js')).ImpactGraph,
}));

const SHOWN = { graph: 'Graph', list: 'List' } as const;
const DEPTHS = ['1', '2', '3', '5', '10', '20'];
const USUAL_DEPTH = '5';

/** One element and what hangs together with it. */
export const Dependencies = () => {
  const { get, patch } = useUrlState();
  return (
    <div className="stack">
      <div className="impact-tools">
        <ElementPicker
          onPick={({ id, type }) => patch({ id, type, to: null, kind: null, tab: null })}
        />
        <Choices
          label="Which way to look"
          options={DIRECTIONS}
          chosen={oneOf(DIRECTIONS, get('direction'), 'affected')}
          onChoose={(direction) => patch({ direction, to: null })}
        />
      </div>
      {get('id') === undefined ? <Suggestions /> : <Around id={get('id') ?? ''} />}
    </div>
  );
};

const Around = ({ id }: { readonly id: string }) => {
  const { get } = useUrlState();
  const moment = useMoment();
  const answer = useAnswer<Report<ImpactAnswer>>('/views/landscape/impact', {
    id,
    type: get('type'),
    ...moment,
    direction: oneOf(DIRECTIONS, get('direction'), 'affected'),
    depth: get('depth') ?? USUAL_DEPTH,
  });
  return (
    <Answered answer={answer} skeleton={<Skeleton lines={10} />}>
      {({ answer: impact }) => <Impacted impact={impact} />}
    </Answered>
  );
};

const Impacted = ({ impact }: { readonly impact: ImpactAnswer }) => {
  const { get, all, params, patch } = useUrlState();
  const kinds = all('kind').join(' ');
  const elements = useMemo(() => {
    const wanted = new Set(kinds.split(' ').filter(Boolean));
    return wanted.size === 0
      ? impact.elements
      : impact.elements.filter(({ type }) => wanted.has(type));
  }, [impact, kinds]);
  const [start] = impact.start;
  if (!start)
    return (
      <Empty title="There is no such element at this moment">
        <p>Look at another day, or find something else above.</p>
      </Empty>
    );
  const show = oneOf(SHOWN, get('show'), 'graph');
  const chosen = impact.elements.find((one) => keyOf(one) === get('to'));
  const hrefTo = (key: string): string => {
    const query = new URLSearchParams(params);
    query.set('to', key);
    return `/impact?${query}`;
  };
  return (
    <>
      <Summary impact={impact} start={start} />
      <div className="row between">
        <Filters impact={impact} />
        <Choices
          label="Shown as"
          options={SHOWN}
          chosen={show}
          onChoose={(one) => patch({ show: one })}
        />
      </div>
      {impact.truncated && (
        <Notice tone="warn">
          There is more: these are the nearest {impact.reached.toLocaleString('en')}. Fewer steps
          show all of them.
        </Notice>
      )}
      {chosen && (
        <TheWay
          start={start}
          to={chosen}
          onStart={() => patch({ id: chosen.id, type: chosen.type, to: null, kind: null })}
          onClose={() => patch({ to: null })}
        />
      )}
      {impact.elements.length === 0 ? (
        <Empty title="Nothing else hangs together with it this way">
          <p>
            Look the other way, or record what it has to do with others: deployments, services,
            relations.
          </p>
        </Empty>
      ) : show === 'list' ? (
        <ImpactList start={start} elements={elements} href={(one) => hrefTo(keyOf(one))} />
      ) : (
        <Suspense fallback={<Skeleton lines={10} />}>
          <ImpactGraph
            start={start}
            elements={kinds === '' ? elements : withWays(impact, elements)}
            edges={impact.edges}
            leftOut={impact.more_edges}
            chosen={chosen}
            onChoose={(key) =>
              patch({ to: key === get('to') || key === keyOf(start) ? null : key })
            }
          />
        </Suspense>
      )}
    </>
  );
};

/** In a picture, what lies on the way to what is wanted must be there too. */
const withWays = (impact: ImpactAnswer, wanted: ImpactAnswer['elements']) => {
  const keys = new Set(wanted.flatMap(({ path }) => path.map(({ to }) => keyOf(to))));
  return impact.elements.filter((one) => keys.has(keyOf(one)));
};

const Summary = ({ impact, start }: { readonly impact: ImpactAnswer; readonly start: Named }) => {
  const { get } = useUrlState();
  const href = useElementHref();
  const direction = oneOf(DIRECTIONS, get('direction'), 'affected');
  const counts = countsInWords(impact.by_type);
  return (
    <div className="impact-said">
      <Link className="button small" href={href(start)}>
        Its page
      </Link>
      <p className="said" role="status">
        {headline(nameOf(start), { direction, type: start.type, counts })}
      </p>
      <p className="small soft">
        Relations as of {impact.effective_on}.
        {impact.more_beyond_depth && ' It goes on further away: take more steps.'}
      </p>
    </div>
  );
};

const Filters = ({ impact }: { readonly impact: ImpactAnswer }) => {
  const { get, all, patch } = useUrlState();
  const chosen = all('kind');
  const toggle = (type: string): void =>
    patch({
      kind: chosen.includes(type) ? chosen.filter((one) => one !== type) : [...chosen, type],
    });
  return (
    <fieldset className="row">
      <legend className="visually-hidden">Kinds shown</legend>
      {KIND_ORDER.filter((type) => impact.by_type[type]).map((type) => (
        <button
          key={type}
          type="button"
          className={`button small kind of-${type}`}
          aria-pressed={chosen.includes(type)}
          onClick={() => toggle(type)}
        >
          {countOf(impact.by_type[type] ?? 0, type)}
        </button>
      ))}
      <label className="row small soft">
        Within
        <select
          className="input"
          value={get('depth') ?? USUAL_DEPTH}
          onChange={({ target }) => patch({ depth: target.value })}
        >
          {DEPTHS.map((one) => (
            <option key={one} value={one}>
              {one} step{one === '1' ? '' : 's'}
            </option>
          ))}
        </select>
      </label>
    </fieldset>
  );
};
