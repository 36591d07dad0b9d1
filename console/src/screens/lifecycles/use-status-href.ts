import { useCallback, useMemo } from 'react';
import { useKindOf, useViews } from '../../api/use-kinds.js';
import type { MachineJson } from '../../lifecycle/use-lifecycle.js';
import { useMoment } from '../../ui/moment-picker.js';
import { type Listed, statusHref } from './status-href.js';

/** Where the aggregates that are in a status of this lifecycle are listed, at the moment shown. */
export const useStatusHref = (
  machine: MachineJson | undefined,
): ((status: string) => string | undefined) => {
  const views = useViews();
  const kind = useKindOf(machine?.name);
  const { as_of, effective_at } = useMoment();
  const listed = useMemo<Listed>(
    () => ({
      view: views.find(({ resource }) => resource === machine?.name),
      plural: kind?.plural,
      present: (machine?.states ?? [])
        .filter(({ kind: presence }) => presence === 'present')
        .map(({ name }) => name),
    }),
    [views, kind, machine],
  );
  return useCallback(
    (status) =>
      statusHref(listed, status, {
        ...(as_of !== undefined && { as_of }),
        ...(effective_at !== undefined && { effective_at }),
      }),
    [listed, as_of, effective_at],
  );
};
