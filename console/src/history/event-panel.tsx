import { useCallback } from 'react';
import { seg } from '../api/address.js';
import type { StoredEvent } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';
import { useUrlState } from '../api/use-url-state.js';
import { wordsOf } from '../forms/words-of.js';
import { Answered } from '../ui/answered.js';
import { EventDetails } from './event-details.js';
import './history.css';
import { SidePanel } from './side-panel.js';

/** Where a row leads: the same address with its details open. */
export const useOpenHref = (path: string): ((id: string) => string) => {
  const { params } = useUrlState();
  return (id) => {
    const next = new URLSearchParams(params);
    next.set('open', id);
    return `${path}?${next.toString()}`;
  };
};

/** The event that is open beside the list; which one stands in the address. */
export const EventPanel = () => {
  const { get, patch } = useUrlState();
  const id = get('open');
  const answer = useAnswer<StoredEvent>(id ? `/audit/${seg(id)}` : null, {}, { follows: [] });
  const close = useCallback(() => patch({ open: null }, { replace: true }), [patch]);
  if (!id) return null;
  const event = answer.data?.event_id === id ? answer.data : undefined;
  return (
    <SidePanel title={event ? wordsOf(event.event_type) : 'Event'} name={id} onClose={close}>
      <Answered answer={answer}>{(one) => <EventDetails event={one} />}</Answered>
    </SidePanel>
  );
};
