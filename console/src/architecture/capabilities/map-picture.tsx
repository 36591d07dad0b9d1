import { type KeyboardEvent, type RefObject, useMemo } from 'react';
import { useWidth } from '../../ui/use-width.js';
import { CapabilityBox } from './capability-box.js';
import { type HeatBy, legendOf } from './heat.js';
import { layoutAlike, layoutByCount } from './map-layout.js';
import { nearest } from './nearest.js';
import { Swatch } from './swatch.js';
import type { TreeNode } from './tree.js';

/** What is looked at in which way. */
export type Looked = {
  readonly by: HeatBy;
  readonly size: 'alike' | 'applications';
  readonly chosen: string | undefined;
  readonly search: string | undefined;
};

const isFound = (name: string, search: string | undefined): boolean =>
  search !== undefined && name.toLocaleLowerCase().includes(search.toLocaleLowerCase());

/** The capabilities as nested boxes. */
export const MapPicture = ({
  nodes,
  looked,
  onChoose,
  picture,
}: {
  readonly nodes: readonly TreeNode[];
  readonly looked: Looked;
  readonly onChoose: (id: string) => void;
  readonly picture: RefObject<SVGSVGElement | null>;
}) => {
  const [frame, width] = useWidth<HTMLDivElement>();
  const { by, size, chosen, search } = looked;
  const layout = useMemo(
    () => (size === 'alike' ? layoutAlike : layoutByCount)(nodes, Math.max(width, 280)),
    [nodes, size, width],
  );
  const { boxes, height } = layout;
  const first = Math.max(
    0,
    boxes.findIndex(({ node }) => node.id === chosen),
  );
  const boxOf = (target: EventTarget): SVGGElement | null =>
    target instanceof Element ? target.closest<SVGGElement>('[data-box]') : null;
  const choose = (target: EventTarget): void => {
    const id = boxOf(target)?.dataset.capability;
    if (id !== undefined) onChoose(id);
  };
  const onKey = (event: KeyboardEvent<SVGSVGElement>): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      choose(event.target);
      return;
    }
    if (event.key === 'Escape' && chosen !== undefined) onChoose(chosen);
    const next = nearest(boxes, Number(boxOf(event.target)?.dataset.box), event.key);
    if (next === undefined) return;
    event.preventDefault();
    picture.current?.querySelector<SVGGElement>(`[data-box="${next}"]`)?.focus();
  };
  return (
    <div ref={frame} className="map-frame">
      <ul className="legend" aria-label="What the colours mean">
        {legendOf(by).map((heat) => (
          <li key={heat.words}>
            <Swatch heat={heat} /> {heat.words}
          </li>
        ))}
      </ul>
      {search && (
        <p role="status" className="small soft">
          {boxes.filter(({ node }) => isFound(node.name, search)).length} of {boxes.length}{' '}
          capabilities are called like “{search}”; they are outlined.
        </p>
      )}
      {width > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a picture
        <svg
          ref={picture}
          className="map"
          role="group"
          aria-label="Capability map. Arrow keys walk over it, Enter opens a capability."
          viewBox={`0 0 ${layout.width} ${height}`}
          width={layout.width}
          height={height}
          onClick={({ target }) => choose(target)}
          onKeyDown={onKey}
        >
          {boxes.map((box, nth) => (
            <CapabilityBox
              key={box.node.id}
              box={box}
              nth={nth}
              by={by}
              chosen={box.node.id === chosen}
              found={isFound(box.node.name, search)}
              first={nth === first}
            />
          ))}
        </svg>
      )}
    </div>
  );
};
