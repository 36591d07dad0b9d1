import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export type Screen = {
  /** In the address, behind /console. */
  readonly path: string;
  /** What it was called before: links to that go on. */
  readonly formerly?: string;
  readonly component: LazyExoticComponent<ComponentType>;
  /** In the navigation and the palette; without it the screen is reached from others. */
  readonly label?: string;
  /** Words it is also found by. */
  readonly words?: string;
  /** What whoever opens it must be allowed. */
  readonly permission?: string;
  /** The projection that it shows: without it there is nothing to see. */
  readonly view?: string;
};

/** A screen is loaded when it is opened first. */
export const screen = <Name extends string>(
  load: () => Promise<Readonly<Record<Name, ComponentType>>>,
  name: Name,
): LazyExoticComponent<ComponentType> => lazy(async () => ({ default: (await load())[name] }));
