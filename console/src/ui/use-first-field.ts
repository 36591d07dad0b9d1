import { type RefObject, useLayoutEffect } from 'react';

const FIELDS = 'input, select, textarea';
const ANY = `${FIELDS}, button`;

/** The focus begins where one is to write; where there is nothing to write, at the first answer. */
export const useFirstField = (
  within: RefObject<HTMLElement | null>,
  fields: 'fields' | 'any' = 'fields',
): void => {
  useLayoutEffect(() => {
    const first = within.current?.querySelectorAll<HTMLElement>(FIELDS) ?? [];
    const any = within.current?.querySelectorAll<HTMLElement>(ANY) ?? [];
    const usable = (one: HTMLElement): boolean => !one.matches(':disabled');
    ([...first].find(usable) ?? (fields === 'any' ? [...any].find(usable) : undefined))?.focus();
  }, [within, fields]);
};
