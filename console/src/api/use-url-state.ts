import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

export type Patch = Readonly<Record<string, string | readonly string[] | null | undefined>>;

/**
 * The query of the address as the state of a screen: every filter can be linked and gone back to.
 * `patch` changes some of it; null and '' leave a parameter out. `replace` makes no new entry in
 * the history of the browser: for sliders and for text while it is typed.
 */
export const useUrlState = (): {
  readonly params: URLSearchParams;
  readonly get: (name: string) => string | undefined;
  readonly all: (name: string) => readonly string[];
  readonly patch: (changes: Patch, how?: { readonly replace?: boolean }) => void;
} => {
  const [params, setParams] = useSearchParams();
  const patch = useCallback(
    (changes: Patch, { replace = false } = {}) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            next.delete(name);
            if (value === null || value === undefined || value === '') continue;
            for (const one of Array.isArray(value) ? value : [value])
              next.append(name, one as string);
          }
          return next;
        },
        { replace },
      );
    },
    [setParams],
  );
  return {
    params,
    get: (name) => params.get(name) ?? undefined,
    all: (name) => params.getAll(name),
    patch,
  };
};
