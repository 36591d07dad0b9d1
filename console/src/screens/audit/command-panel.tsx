import { useCallback } from 'react';
import { Link } from 'wouter';
import { address, seg } from '../../api/address.js';
import type { Page, StoredEvent } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useUrlState } from '../../api/use-url-state.js';
import { wordsOf } from '../../forms/words-of.js';
import { ApprovalChain } from '../../history/approval-chain.js';
import type { CommandEntry } from '../../history/command-entry.js';
import { SidePanel } from '../../history/side-panel.js';
import { ThingLink, Told } from '../../names/thing-link.js';
import { Answered } from '../../ui/answered.js';
import { CopyId } from '../../ui/copy-id.js';
import { Json } from '../../ui/json.js';
import { Time } from '../../ui/time.js';
import { Outcome } from './commands.js';

const EVENTS_MAX = 50;

/** What it wrote, if it was accepted. */
const Written = ({ command_id }: { readonly command_id: string }) => {
  const query = { command_id, sort: 'recorded_at', limit: EVENTS_MAX };
  const answer = useAnswer<Page<StoredEvent>>('/audit', query, { follows: [] });
  return (
    <Answered answer={answer}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="small soft">It wrote no event.</p>
        ) : (
          <ul className="stack small told">
            {items.map((one) => (
              <li key={one.event_id}>
                <Link href={`/events/${seg(one.event_id)}`}>{wordsOf(one.event_type)}</Link>{' '}
                <span className="soft">
                  <ThingLink type={one.aggregate_type} id={one.aggregate_id} /> v
                  {one.aggregate_version}
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </Answered>
  );
};

const Facts = ({ entry }: { readonly entry: CommandEntry }) => {
  return (
    <dl className="facts told">
      <dt>Who</dt>
      <dd>{entry.actor ?? 'nobody who could be told'}</dd>
      <dt>When</dt>
      <dd>
        <Time at={entry.received_at} />, {entry.duration_ms} ms
      </dd>
      <dt>Where from</dt>
      <dd>{[entry.source, entry.via, entry.ip_address].filter(Boolean).join(', ')}</dd>
      <dt>Why</dt>
      <dd>{entry.business_justification ?? <span className="soft">nothing was said</span>}</dd>
      {entry.aggregate_type && entry.aggregate_id && (
        <>
          <dt>On</dt>
          <dd>
            {wordsOf(entry.aggregate_type)}{' '}
            <ThingLink type={entry.aggregate_type} id={entry.aggregate_id} />
          </dd>
        </>
      )}
      {entry.correlation_id && (
        <>
          <dt>Belongs to</dt>
          <dd>
            <Link href={address('/events', { correlation_id: entry.correlation_id })}>
              {entry.correlation_id}
            </Link>
          </dd>
        </>
      )}
      {entry.command_id && (
        <>
          <dt>Command</dt>
          <dd>
            <CopyId id={entry.command_id} />
          </dd>
        </>
      )}
    </dl>
  );
};

/** The command that is open beside the list. */
export const CommandPanel = () => {
  const { get, patch } = useUrlState();
  const id = get('open');
  const path = id ? `/views/commands/documents/${seg(id)}` : null;
  const answer = useAnswer<CommandEntry>(path, {}, { follows: [] });
  const close = useCallback(() => patch({ open: null }, { replace: true }), [patch]);
  if (!id) return null;
  const known = answer.data?.entry_id === id ? answer.data : undefined;
  const title = known?.command_type ? wordsOf(known.command_type) : 'Command';
  return (
    <SidePanel title={title} name={id} onClose={close}>
      <Answered answer={answer}>
        {(entry) => (
          <div className="stack event-details">
            <div className="row">
              <Outcome entry={entry} />
              {entry.code && <code>{entry.code}</code>}
            </div>
            {entry.message && (
              <p>
                <Told text={entry.message} />
              </p>
            )}
            <Facts entry={entry} />
            {entry.approval_id && (
              <>
                <h3>Approval</h3>
                <ApprovalChain id={entry.approval_id} />
              </>
            )}
            <h3>What it wrote</h3>
            {entry.command_id ? (
              <Written command_id={entry.command_id} />
            ) : (
              <p className="small soft">It could not be read.</p>
            )}
            <details>
              <summary>The entry as it is kept</summary>
              <Json value={entry} />
            </details>
          </div>
        )}
      </Answered>
    </SidePanel>
  );
};
