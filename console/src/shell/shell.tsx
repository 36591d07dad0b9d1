import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useEffect, useState } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { followEvents } from '../api/follow-events.js';
import { getBackTo, placeKept } from '../api/keep-place.js';
import { useSession } from '../api/use-session.js';
import { Empty } from '../ui/empty.js';
import { Page } from '../ui/page.js';
import { Skeleton } from '../ui/skeleton.js';
import { Bar } from './bar.js';
import icon from './icon.svg';
import { Palette } from './palette.js';
import type { Screen } from './screen.js';
import { ScreenFailure } from './screen-failure.js';
import { ALL_SCREENS, SECTIONS } from './sections.js';
import { Untold } from './untold.js';
import { useMayOpen } from './use-may-open.js';

const Forbidden = ({ permission }: { readonly permission: string }) => {
  const { actor, roles } = useSession();
  return (
    <Page title="Not for you">
      <Empty title={`This screen needs the permission “${permission}”`}>
        <p>
          {actor ?? 'You'} {roles.length > 0 ? `(${roles.join(', ')})` : 'without a role'} does not
          have it. Ask an administrator for a key with a role that does.
        </p>
      </Empty>
    </Page>
  );
};

const Shown = ({ screen }: { readonly screen: Screen }) => {
  const { permissions } = useSession();
  const { component: Component, permission } = screen;
  if (permission && !permissions.includes(permission)) return <Forbidden permission={permission} />;
  return <Component />;
};

const Navigation = ({ open, onGo }: { readonly open: boolean; readonly onGo: () => void }) => {
  const [location] = useLocation();
  const mayOpen = useMayOpen();
  const here = (path: string): boolean =>
    path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);
  return (
    <nav className="nav" aria-label="Screens" data-open={open} id="navigation">
      <Link href="/" className="brand" onClick={onGo}>
        <img src={icon} alt="" /> Stele
      </Link>
      {SECTIONS.map(({ label, screens }) => {
        const shown = screens.filter(mayOpen);
        return (
          shown.length > 0 && (
            <section key={label} aria-label={label}>
              <h2>{label}</h2>
              <ul>
                {shown.map((one) => (
                  <li key={one.path}>
                    <Link
                      href={one.path}
                      aria-current={here(one.path) ? 'page' : undefined}
                      onClick={onGo}
                    >
                      {one.label}
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          )
        );
      })}
    </nav>
  );
};

const isNamed = (path: string | undefined): path is string => path !== undefined;

/** The frame around every screen: navigation, bar, palette, live connection. */
export const Shell = () => {
  const client = useQueryClient();
  const { permissions } = useSession();
  const [location] = useLocation();
  const [menu, setMenu] = useState(false);
  const [palette, setPalette] = useState(false);
  const mayFollow = permissions.includes('events');

  useEffect(() => (mayFollow ? followEvents(client) : undefined), [client, mayFollow]);
  useEffect(() => {
    const open = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setPalette((before) => !before);
    };
    window.addEventListener('keydown', open);
    return () => window.removeEventListener('keydown', open);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another screen begins at its top
  useEffect(
    () =>
      getBackTo(placeKept('page'), (at) => {
        window.scrollTo(0, at);
        return window.scrollY;
      }),
    [location],
  );

  return (
    <div className="shell">
      <a className="button primary skip" href="#main">
        Skip to the content
      </a>
      <Navigation open={menu} onGo={() => setMenu(false)} />
      <div>
        <Bar
          menu={menu}
          onMenu={() => setMenu((before) => !before)}
          onPalette={() => setPalette(true)}
        />
        <main id="main" tabIndex={-1}>
          <Untold />
          <ScreenFailure key={location}>
            <Suspense
              fallback={
                <div className="page">
                  <Skeleton lines={8} />
                </div>
              }
            >
              <Switch>
                {ALL_SCREENS.flatMap((one) =>
                  [one.path, one.formerly].filter(isNamed).map((path) => (
                    <Route key={path} path={path}>
                      <Shown screen={one} />
                    </Route>
                  )),
                )}
                <Route>
                  <Page title="No such screen">
                    <Empty title="There is nothing at this address">
                      <Link href="/">To the overview</Link>
                    </Empty>
                  </Page>
                </Route>
              </Switch>
            </Suspense>
          </ScreenFailure>
        </main>
      </div>
      {palette && <Palette onClose={() => setPalette(false)} />}
    </div>
  );
};
