import { isFull, isLow, leftIn, type Room } from '../../nats-server/room.js';
import { type Finding, finding } from './finding.js';

/** Whether there is room for events; nothing to say where nobody tells. */
export const examineRoom = (room: Room | undefined, stream = 'server'): readonly Finding[] => {
  if (!room || !isLow(room)) return [];
  const what = `${leftIn(room)} are left where events are kept`;
  const code = isFull(room) ? 'STORE_FULL' : 'STORE_ROOM_LOW';
  const todo = `let it hold more: \`nats stream edit ${stream} --max-bytes=-1\``;
  return [finding(code, what, { stream, ...(stream !== 'server' && { todo }) })];
};

/** Whether a node may write, as it knows itself. */
export const examineWriting = async (
  ready: () => Promise<boolean>,
): Promise<readonly Finding[]> => {
  try {
    await ready();
    return [];
  } catch (error) {
    return [finding('WRITES_REFUSED', (error as Error).message, { stream: 'server' })];
  }
};
