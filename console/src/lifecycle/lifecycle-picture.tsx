import { type KeyboardEvent, type MouseEvent, useMemo } from 'react';
import type { Chart } from '../../../src/core/picture/chart-from.js';
import { drawSvg, type SvgOptions } from '../../../src/core/picture/svg.js';
import './lifecycle.css';
import { pictureStyle } from './picture-style.js';

pictureStyle();

type Picked = { readonly steps: readonly number[]; readonly status?: string };

const pickedIn = (target: EventTarget): Picked | undefined => {
  if (!(target instanceof Element)) return undefined;
  const edge = target.closest('[data-steps]');
  const steps = edge?.getAttribute('data-steps')?.split(' ').filter(Boolean).map(Number) ?? [];
  if (steps.length > 0) return { steps };
  const status = target.closest('[data-status]')?.getAttribute('data-status');
  return status ? { steps: [], status } : undefined;
};

/**
 * A lifecycle, drawn by the renderer that `stele machine show` uses, on the page: colours from the
 * page's tokens, steps and statuses can be chosen by mouse and keyboard.
 */
export const LifecyclePicture = ({
  chart,
  options,
  onStep,
  onStatus,
  statuses,
}: {
  readonly chart: Chart;
  readonly options?: SvgOptions;
  /** A travelled edge was chosen: the numbers of its steps. */
  readonly onStep?: (steps: readonly number[]) => void;
  readonly onStatus?: (status: string) => void;
  /** The statuses that can be chosen; default: all, if any. */
  readonly statuses?: readonly string[];
}) => {
  const html = useMemo(
    () => ({
      __html: drawSvg(chart, {
        ...options,
        style: false,
        pick: {
          steps: onStep !== undefined,
          statuses: onStatus !== undefined && (statuses ?? true),
        },
      }),
    }),
    [chart, options, onStep, onStatus, statuses],
  );
  const pick = (target: EventTarget): void => {
    const picked = pickedIn(target);
    if (picked?.status !== undefined) onStatus?.(picked.status);
    else if (picked) onStep?.(picked.steps);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what can be chosen in it are buttons
    <div
      className="lifecycle"
      onClick={({ target }: MouseEvent) => pick(target)}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        pick(event.target);
      }}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: our own renderer escapes all texts
      dangerouslySetInnerHTML={html}
    />
  );
};
