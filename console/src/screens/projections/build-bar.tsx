import type { BuildStatus } from '../../api/wire.js';
import { durationText } from '../../ui/time.js';

/** How far a build is, how fast, and how long it still takes. */
export const BuildBar = ({ build }: { readonly build: BuildStatus }) => {
  const share = build.total === 0 ? 1 : build.done / build.total;
  const said = build.caught_up
    ? build.switch_when_ready
      ? 'complete, going live'
      : 'complete: compare it, then switch'
    : `${Math.floor(share * 100)} %, ${Math.round(build.events_per_second).toLocaleString('en')} events/s${
        build.eta_seconds === null ? '' : `, ${durationText(build.eta_seconds)} left`
      }`;
  return (
    <div className="stack build-bar">
      <progress value={build.done} max={Math.max(1, build.total)} aria-label="Build">
        {Math.floor(share * 100)} %
      </progress>
      <span className="small soft" role="status">
        {said}
      </span>
    </div>
  );
};
