import { isReadableName, isReservedName } from '../../core/access.js';
import { isRefusal } from '../../core/refusal.js';
import { type Recognize, unauthenticated } from './access.js';

const UNREADABLE = unauthenticated(
  'the name that this is for cannot be read as it is written: it holds nothing that is seen, or characters that nobody sees; a key or a token for another name is needed',
);

/**
 * Whatever names somebody: nobody comes in under a name that the program itself has in the log, or
 * under one that does not show there as it is.
 */
export const ofPeople =
  (recognize: Recognize): Recognize =>
  async (text) => {
    const who = await recognize(text);
    if (isRefusal(who)) return who;
    const { actor, subject = actor } = who;
    const names = [actor, subject];
    if (!names.every(isReadableName)) return UNREADABLE;
    const reserved = names.find(isReservedName);
    return reserved === undefined
      ? who
      : unauthenticated(
          `the name "${reserved}" is Stele's own, and nobody else comes in under it: a key or a token for another name is needed`,
        );
  };
