import { useSyncExternalStore } from 'react';

const KEY = 'stele.theme';
export type Theme = 'light' | 'dark';
const watchers = new Set<() => void>();
const system = matchMedia('(prefers-color-scheme: dark)');

/** What was chosen, else what the system prefers. */
const current = (): Theme => {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return system.matches ? 'dark' : 'light';
};

export const applyTheme = (): void => {
  document.documentElement.dataset.theme = current();
  for (const tell of watchers) tell();
};
system.addEventListener('change', applyTheme);

export const useTheme = (): { readonly theme: Theme; readonly toggle: () => void } => {
  const theme = useSyncExternalStore((tell) => {
    watchers.add(tell);
    return () => watchers.delete(tell);
  }, current);
  const toggle = (): void => {
    localStorage.setItem(KEY, theme === 'dark' ? 'light' : 'dark');
    applyTheme();
  };
  return { theme, toggle };
};
