import './capabilities.css';
import '../landscape/landscape.css';
import { useMemo, useRef } from 'react';
import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Answered } from '../../ui/answered.js';
import { Empty } from '../../ui/empty.js';
import { useMoment } from '../../ui/moment-picker.js';
import { Page } from '../../ui/page.js';
import { saveSvg } from '../../ui/save-svg.js';
import { oneOf } from '../landscape/choices.js';
import { ChangesLink } from '../landscape/element-link.js';
import { Behind } from './behind.js';
import { HEATS } from './heat.js';
import { MapPicture } from './map-picture.js';
import { MapTable } from './map-table.js';
import { MapTools, SHOWN, SIZES } from './map-tools.js';
import { Travel } from './travel.js';
import { drawable, rowsOf, type Tree } from './tree.js';

/** Levels below the top that are drawn; deeper ones are seen by zooming in. */
const LEVELS = 2;

const leadOf = ({ capabilities, gaps, overlaps }: Tree): string =>
  `${capabilities.toLocaleString('en')} capabilities: ${gaps} without an application, ${overlaps} with several.`;

/** Capabilities that applications name although they are gone, or not there yet. */
const danglingWords = (all: Tree['dangling']): string => {
  const applications = all.reduce((sum, one) => sum + one.applications, 0);
  const names = all.map(({ name }) => name).filter(Boolean);
  const which = names.length > 0 ? `: ${names.join(', ')}` : '';
  return `${applications} applications support ${all.length} capabilities that are not there at this moment${which}.`;
};

/** What the business can do, and which applications support it. */
export const CapabilityMap = () => {
  const { get, patch } = useUrlState();
  const moment = useMoment();
  const picture = useRef<SVGSVGElement>(null);
  const root = get('root');
  const chosen = get('capability');
  const answer = useAnswer<Report<Tree>>('/views/capability-map/tree', {
    ...moment,
    root,
    depth: root ? LEVELS + 1 : LEVELS,
    overlap_above: get('overlap'),
  });
  const tree = answer.data?.answer;
  const top = root === undefined ? undefined : tree?.nodes[0];
  const drawn = useMemo(
    () => drawable((tree?.root && tree.nodes[0]?.children) || (tree?.nodes ?? []), LEVELS),
    [tree],
  );
  const show = oneOf(SHOWN, get('show'), 'map');
  const looked = {
    by: oneOf(HEATS, get('heat'), 'lifecycle'),
    size: oneOf(SIZES, get('size'), 'alike'),
    chosen,
    search: get('search'),
  };
  const choose = (id: string): void => patch({ capability: id === chosen ? null : id });
  const inside = rowsOf(drawn.nodes).find(({ node }) => node.id === chosen)?.node.child_count ?? 0;
  return (
    <Page
      title={top?.name ?? 'Capability map'}
      lead={tree && leadOf(tree)}
      crumbs={
        root && (
          <button type="button" className="link" onClick={() => patch({ root: null })}>
            ← All capabilities
          </button>
        )
      }
      actions={
        <>
          <ChangesLink view="capability-map" />
          <button
            type="button"
            className="button"
            disabled={show === 'table'}
            title={show === 'table' ? 'There is no picture in the table' : undefined}
            onClick={() => picture.current && saveSvg(picture.current, 'capability-map.svg')}
          >
            Download SVG
          </button>
        </>
      }
    >
      <Travel busy={answer.isFetching} />
      <MapTools />
      <Answered answer={answer}>
        {({ answer: { nodes, dangling } }) =>
          nodes.length === 0 ? (
            <NoCapabilities />
          ) : (
            <div className="with-detail" data-open={chosen !== undefined}>
              <div className="stack" aria-busy={answer.isPlaceholderData}>
                {show === 'map' ? (
                  <MapPicture
                    nodes={drawn.nodes}
                    looked={looked}
                    onChoose={choose}
                    picture={picture}
                  />
                ) : (
                  <MapTable nodes={drawn.nodes} chosen={chosen} onChoose={choose} />
                )}
                {drawn.levels < LEVELS && (
                  <p className="small soft">
                    There are more boxes than one picture holds: the lowest levels are left out.
                    Their numbers count; zoom in to see them.
                  </p>
                )}
                {dangling.length > 0 && <p className="small soft">{danglingWords(dangling)}</p>}
              </div>
              {chosen !== undefined && (
                <Behind
                  id={chosen}
                  onClose={() => patch({ capability: null })}
                  onZoom={inside > 0 ? () => patch({ root: chosen, capability: null }) : undefined}
                />
              )}
            </div>
          )
        }
      </Answered>
    </Page>
  );
};

const NoCapabilities = () => (
  <Empty title="There is no capability at this moment">
    <p>Choose a later day, or import a model that has some:</p>
    <code>npx stele import archimate model.archimate</code>
  </Empty>
);
