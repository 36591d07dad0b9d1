import { ALERTS_STREAM } from '../../core/subjects.js';
import { type Finding, finding } from './finding.js';
import type { ReadingStore } from './reading-store.js';

/** Alerts that nobody is told of, as long as they stand in their stream. */
export const examineAlerts = async ({
  alertsNotSent,
}: Pick<ReadingStore, 'alertsNotSent'>): Promise<readonly Finding[]> => {
  const count = await alertsNotSent();
  if (count === 0) return [];
  const what = `${count} alerts were raised before it was known how far they were delivered: no node sends them`;
  return [finding('ALERTS_NOT_SENT', what, { stream: ALERTS_STREAM })];
};
