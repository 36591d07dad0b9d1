import { memo } from 'react';
import { toneOf } from '../../ui/tone.js';
import { LINE } from './measures.js';
import { type Picture, type Shape, type StatusHistory, shapesOf, storyOf } from './shapes-of.js';

const { height, bar, thin, mark } = LINE;
const MIDDLE = height / 2;

const Drawn = ({ shape }: { readonly shape: Shape }) => {
  const title = <title>{shape.title}</title>;
  switch (shape.kind) {
    case 'bar': {
      const tall = shape.lifecycle === 'retired' ? thin : bar;
      return (
        <rect
          className={`life-bar tone tone-${toneOf(shape.lifecycle)}`}
          data-lifecycle={shape.lifecycle}
          data-expected={shape.expected}
          x={shape.x}
          y={MIDDLE - tall / 2}
          width={Math.max(1, shape.width)}
          height={tall}
          rx={tall === bar ? 3 : 1}
        >
          {title}
        </rect>
      );
    }
    case 'late':
      return (
        <rect
          className="life-late"
          x={shape.x}
          y={MIDDLE + bar / 2 + 2}
          width={Math.max(2, shape.width)}
          height={thin}
        >
          {title}
        </rect>
      );
    case 'slip':
      return (
        <line className="life-slip" x1={shape.x} x2={shape.x + shape.width} y1={MIDDLE} y2={MIDDLE}>
          {title}
        </line>
      );
    case 'sunset':
      return (
        <path
          className="life-sunset"
          data-date={shape.date}
          d={`M${shape.x} ${MIDDLE - mark}l${mark} ${mark}l${-mark} ${mark}l${-mark} ${-mark}z`}
        >
          {title}
        </path>
      );
  }
};

/** The life of one application on the line of time. */
export const LinePicture = memo(
  ({
    statusHistory,
    picture,
  }: {
    readonly statusHistory: StatusHistory;
    readonly picture: Picture;
  }) => (
    <svg
      className="life"
      role="img"
      aria-label={storyOf(statusHistory)}
      width={picture.width}
      height={height}
    >
      {shapesOf(statusHistory, picture).map((shape) => (
        <Drawn key={`${shape.kind} ${shape.x} ${shape.title}`} shape={shape} />
      ))}
    </svg>
  ),
);
