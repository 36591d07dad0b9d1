import { useCallback } from 'react';
import { useViewsAnswer } from '../api/use-kinds.js';
import { useSession } from '../api/use-session.js';
import type { Screen } from './screen.js';

/** A screen that is offered has a name to be offered by. */
type Offered = Screen & { readonly label: string };

/** Whether a screen is offered: to whoever may open it, where there is something to see. */
export const useMayOpen = (): ((screen: Screen) => screen is Offered) => {
  const { permissions } = useSession();
  const views = useViewsAnswer().data?.views;
  return useCallback(
    (screen): screen is Offered =>
      screen.label !== undefined &&
      (screen.permission === undefined || permissions.includes(screen.permission)) &&
      (screen.view === undefined || (views?.some(({ name }) => name === screen.view) ?? false)),
    [permissions, views],
  );
};
