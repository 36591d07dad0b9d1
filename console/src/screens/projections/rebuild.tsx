import { useState } from 'react';
import type { Comparison, ProjectionStatus } from '../../api/wire.js';
import { Dialog } from '../../ui/dialog.js';
import { Problem } from '../../ui/problem.js';
import { BuildBar } from './build-bar.js';
import { Compared } from './compared.js';
import { useOperation } from './use-operation.js';

type Asked = {
  readonly operation: string;
  readonly title: string;
  readonly says: string;
  readonly label: string;
};

const STOP: Asked = {
  operation: 'stop',
  title: 'Stop this projection?',
  says: 'It takes no more events until it is started again. What it served until now stays, and grows old. Commands go on.',
  label: 'Stop it',
};
const SWITCH: Asked = {
  operation: 'switch',
  title: 'Let the build go live?',
  says: 'From now on everybody reads the documents that were built. Those of before are kept, so that you can switch back.',
  label: 'Switch',
};
const SWITCH_BACK: Asked = {
  operation: 'switch-back',
  title: 'Switch back?',
  says: 'Everybody reads the documents of before again, brought up to date.',
  label: 'Switch back',
};
const CANCEL: Asked = {
  operation: 'cancel-build',
  title: 'Give the build up?',
  says: 'What was built so far is thrown away. The live documents are not touched.',
  label: 'Give it up',
};

/** Stopping, starting, and building anew beside the live documents. */
export const Rebuild = ({ one }: { readonly one: ProjectionStatus }) => {
  const { running, error, run } = useOperation();
  const [asked, setAsked] = useState<Asked>();
  const [choosing, setChoosing] = useState(false);
  const [comparison, setComparison] = useState<Comparison>();
  const path = `/projections/${encodeURIComponent(one.name)}`;
  const busy = running !== null;
  const button = (label: string, onClick: () => void, primary = false) => (
    <button
      type="button"
      className={primary ? 'button primary' : 'button'}
      disabled={busy}
      onClick={onClick}
    >
      {label}
    </button>
  );
  const rebuild = (switchWhenReady: boolean): void => {
    setChoosing(false);
    setComparison(undefined);
    void run('rebuild', `${path}/rebuild`, { switch_when_ready: switchWhenReady });
  };
  const compare = async (): Promise<void> =>
    setComparison(await run<Comparison>('compare', `${path}/compare`));
  return (
    <section className="card" aria-label="Build">
      <header>
        <h2>
          Generation {one.generation}, version {one.version}
        </h2>
        <div className="row">
          {one.state === 'stopped'
            ? button('Start', () => void run('start', `${path}/start`), true)
            : button('Stop', () => setAsked(STOP))}
          {!one.build && button('Rebuild', () => setChoosing(true), true)}
          {(one.build || one.previous) && button('Compare', () => void compare())}
          {one.build?.caught_up && button('Switch', () => setAsked(SWITCH), true)}
          {one.build && button('Give the build up', () => setAsked(CANCEL))}
          {!one.build && one.previous && button('Switch back', () => setAsked(SWITCH_BACK))}
        </div>
      </header>
      <div className="body stack">
        {error && <Problem error={error} />}
        {running && (
          <p role="status" className="soft">
            Doing: {running.replaceAll('-', ' ')}…
          </p>
        )}
        {one.build ? (
          <BuildBar build={one.build} />
        ) : (
          <p className="soft">
            {one.previous
              ? `Generation ${one.previous.generation} is kept, so that you can switch back.`
              : 'A rebuild fills new documents beside the live ones; nobody notices until it goes live.'}
          </p>
        )}
        {comparison && (
          <Compared
            comparison={comparison}
            names={['live', one.build ? 'the build' : 'those of before']}
          />
        )}
      </div>
      {choosing && (
        <Dialog title={`Rebuild ${one.name}`} onClose={() => setChoosing(false)}>
          <div className="stack">
            <p>
              All documents are computed anew from the log, beside those that are served. Shall the
              new ones go live by themselves once they are complete?
            </p>
            <div className="row">
              {button('Go live when complete', () => rebuild(true), true)}
              {button('Wait, I compare first', () => rebuild(false))}
            </div>
          </div>
        </Dialog>
      )}
      {asked && (
        <Dialog
          title={asked.title}
          onClose={() => setAsked(undefined)}
          footer={
            <>
              {button('Leave it', () => setAsked(undefined))}
              {button(
                asked.label,
                () => {
                  setAsked(undefined);
                  void run(asked.operation, `${path}/${asked.operation}`);
                },
                true,
              )}
            </>
          }
        >
          <p>{asked.says}</p>
        </Dialog>
      )}
    </section>
  );
};
