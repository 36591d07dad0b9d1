import { architectureScreens } from '../architecture/architecture-screens.js';
import { type Screen, screen } from './screen.js';

export type Section = { readonly label: string; readonly screens: readonly Screen[] };

/** All screens, in the order of the navigation. */
export const SECTIONS: readonly Section[] = [
  {
    label: 'Now',
    screens: [
      {
        path: '/',
        label: 'Overview',
        words: 'home throughput lag',
        component: screen(() => import('../screens/overview/overview.js'), 'Overview'),
      },
    ],
  },
  { label: 'Architecture', screens: architectureScreens },
  {
    label: 'Lifecycles',
    screens: [
      {
        path: '/lifecycles',
        formerly: '/machines',
        label: 'Lifecycles',
        words: 'machine chart state statistics dwell',
        component: screen(() => import('../screens/lifecycles/lifecycles.js'), 'Lifecycles'),
      },
      {
        path: '/lifecycles/:name',
        formerly: '/machines/:name',
        component: screen(() => import('../screens/lifecycles/lifecycle.js'), 'Lifecycle'),
      },
      {
        path: '/things/:plural',
        component: screen(() => import('../screens/things/things.js'), 'Things'),
      },
      {
        path: '/things/:plural/:id',
        component: screen(() => import('../screens/aggregate/aggregate.js'), 'Aggregate'),
      },
    ],
  },
  {
    label: 'History',
    screens: [
      {
        path: '/events',
        label: 'Events',
        words: 'log live tail histogram',
        permission: 'audit',
        component: screen(() => import('../screens/events/events.js'), 'Events'),
      },
      {
        path: '/events/:id',
        permission: 'audit',
        component: screen(() => import('../screens/events/trace.js'), 'Trace'),
      },
      {
        path: '/audit',
        label: 'Audit',
        words: 'who what when why approval refused',
        permission: 'audit',
        component: screen(() => import('../screens/audit/audit.js'), 'Audit'),
      },
    ],
  },
  {
    label: 'Operations',
    screens: [
      {
        path: '/projections',
        label: 'Projections',
        words: 'read model lag rebuild',
        permission: 'operate',
        component: screen(() => import('../screens/projections/projections.js'), 'Projections'),
      },
      {
        path: '/projections/:name',
        permission: 'operate',
        component: screen(() => import('../screens/projections/projection.js'), 'Projection'),
      },
      {
        path: '/parked',
        label: 'Parked events',
        words: 'poison retry discard',
        permission: 'operate',
        component: screen(() => import('../screens/parked/parked.js'), 'Parked'),
      },
      {
        path: '/streams',
        label: 'Streams and snapshots',
        words: 'jetstream kv bucket consumer',
        permission: 'operate',
        component: screen(() => import('../screens/streams/streams.js'), 'Streams'),
      },
      {
        path: '/streams/:name',
        permission: 'operate',
        component: screen(() => import('../screens/streams/stream.js'), 'Stream'),
      },
      {
        path: '/buckets/:name',
        permission: 'operate',
        component: screen(() => import('../screens/streams/bucket.js'), 'Bucket'),
      },
      {
        path: '/nodes',
        label: 'Nodes and actors',
        words: 'resident mailbox passivate',
        permission: 'operate',
        component: screen(() => import('../screens/nodes/nodes.js'), 'Nodes'),
      },
      {
        path: '/schemas',
        label: 'Schemas',
        words: 'event catalogue versions upcaster',
        component: screen(() => import('../screens/schemas/schemas.js'), 'Schemas'),
      },
      {
        path: '/doctor',
        label: 'Doctor',
        words: 'verify hash chain health',
        permission: 'operate',
        component: screen(() => import('../screens/doctor/doctor.js'), 'Doctor'),
      },
    ],
  },
];

export const ALL_SCREENS: readonly Screen[] = SECTIONS.flatMap(({ screens }) => screens);
