/** Who may import what. The table for people is in CONTRIBUTING.md; keep the two alike. */

const TEST = String.raw`\.test(-d)?\.ts$`;
const NODE_MODULES = '^node_modules/';
const npm = (...names) => `${NODE_MODULES}(${names.join('|')})/`;

/** From one folder only to what is listed. Tests of the folder are free. */
const only = (name, comment, { path, pathNot = [] }, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path, pathNot: [TEST, ...pathNot] },
  to: { pathNot: to },
});

/** A package, or a folder, that only some may import. */
const reserved = (name, comment, to, pathNot) => ({
  name,
  comment,
  severity: 'error',
  from: { pathNot: ['^test/', '^bench/', '^node_modules/', TEST, ...pathNot] },
  to: { path: to },
});

const CORE = '^src/core/';
/** The ports of the log, and of the read store beside it. */
const STORE_PORT = '^src/write/store/(event-(log|feeds|store)|snapshots|command-journal)\\.ts$';
const PORTS =
  '^src/(write/store/(event-(log|feeds|store)|snapshots|command-journal)|read/views/port)\\.ts$';
/** Any module of Node. */
const NODE = '^(node:)?[a-z_0-9]+(/(promises|posix))?$';
const CRYPTO = '^(node:)?crypto$';
/** The contract that importers meet and the command line drives. */
const IMPORTER = '^src/operate/importing/(importer|turns)\\.ts$';

/** Each stands on those after it, and imports none before it. */
const FLOORS = ['cli', 'node', 'edge', 'operate', 'read', 'write', 'core'];
/** Programs outside a node ask by the client; a node has no use for it. */
const above = (floor, height) => [
  ...(floor === 'cli' ? [] : ['client']),
  ...FLOORS.slice(0, height),
];
/** The package's entrances, and the program that is made of it. */
const ENTRANCES = '^(main|src/index)\\.ts$|^src/testing/';

module.exports = {
  forbidden: [
    ...FLOORS.map((floor, height) => ({
      name: 'no-arrow-upward',
      comment: `src/${floor} imports only families below it`,
      severity: 'error',
      from: { path: `^src/${floor}/`, pathNot: [TEST] },
      to: { path: [ENTRANCES, `^src/(${above(floor, height).join('|')})/`] },
    })),
    {
      name: 'no-circular',
      comment:
        'a circle of imports has no reading order, also where a file only names a type of another',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'an import must lead somewhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependency-in-production',
      comment: 'what is shipped needs only what is installed with it',
      severity: 'error',
      from: { path: '^(src|actors|streams|imports)/', pathNot: [TEST] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },

    only(
      'core-is-pure',
      'the core decides and folds: no I/O, no clock, no framework',
      { path: CORE, pathNot: ['^src/core/(machine\\.ts|picture/)'] },
      [CORE, npm('zod', 'canonicalize', 'uuid'), CRYPTO],
    ),
    only(
      'core-machine',
      'XState stands in one file of the core',
      { path: '^src/core/machine\\.ts$' },
      [CORE, npm('xstate')],
    ),
    only(
      'runtime-knows-the-port',
      'the runtime knows the core and the port of the store, never an adapter',
      { path: '^src/write/runtime/' },
      ['^src/write/runtime/', CORE, STORE_PORT, npm('xstate'), '^(node:)?timers/promises$'],
    ),
    only(
      'store-port-is-data',
      'the port and the topology are types and data over the core',
      { path: '^src/write/store/[^/]+\\.ts$' },
      ['^src/write/store/[^/]+\\.ts$', CORE],
    ),
    only(
      'store-adapter',
      'an adapter knows the port and its own client',
      { path: '^src/write/store/nats/' },
      [
        '^src/write/store/',
        CORE,
        '^src/nats-server/(fitness|unfit-stream-fields)\\.ts$',
        npm('@nats-io'),
        '^(node:)?(buffer|timers/promises)$',
      ],
    ),
    only(
      'http-knows-the-runtime',
      'HTTP knows the core, the runtime, the port and the pictures',
      { path: '^src/edge/http/', pathNot: ['^src/edge/http/console-files\\.ts$'] },
      [
        '^src/edge/(access|openapi)/index\\.ts$',
        '^src/(core|edge/(http|wire)|write/runtime|read/(projector|time|live)|operate/(importing|metrics|alerts))/',
        PORTS,
        '^src/write/store/inspection\\.ts$',
        '^src/read/projections/stamps\\.ts$',
        '^src/operate/doctor/doctor\\.ts$',
        npm('hono', '@hono', 'csv-stringify', 'rate-limiter-flexible', 'zod'),
        '^(node:)?(http|net|events|crypto|buffer|stream|util|zlib)$',
      ],
    ),
    only(
      'console-is-files',
      'the console is files that were built',
      { path: '^src/edge/http/console-files\\.ts$' },
      [NODE],
    ),
    only(
      'openapi-describes-definitions',
      'descriptions of the API follow from definitions, and from what routes say of themselves',
      { path: '^src/edge/openapi/' },
      ['^src/edge/openapi/', '^src/edge/wire/(problem|view-fields)\\.ts$', CORE, npm('zod'), NODE],
    ),
    only(
      'client-runs-anywhere',
      'the client is for browsers too: of definitions and schemas it knows the types only',
      { path: '^src/client/' },
      ['^src/client/', '^src/core/(aggregate|any-schema)\\.ts$', npm('zod', 'eventsource-parser')],
    ),
    {
      name: 'client-loads-nothing',
      comment:
        'what the client knows of definitions are types; the one package it loads runs anywhere',
      severity: 'error',
      from: { path: '^src/client/', pathNot: [TEST] },
      to: {
        pathNot: ['^src/client/', npm('eventsource-parser')],
        dependencyTypesNot: ['type-only'],
      },
    },
    only(
      'views-port-is-data',
      'the port of the read store is types over the core',
      { path: '^src/read/views/port\\.ts$' },
      [CORE],
    ),
    only(
      'read-store-adapter',
      'an adapter of the read store knows its port and its own engine',
      { path: '^src/read/views/' },
      [
        '^src/read/views/',
        '^src/nats-server/make-directory\\.ts$',
        CORE,
        npm('kysely', 'libsql', 'pg', 'pg-cursor'),
        NODE,
      ],
    ),
    only(
      'projector-knows-the-ports',
      'the projector knows the core and the ports of the log and of the read store',
      { path: '^src/read/projector/' },
      ['^src/read/projector/', CORE, PORTS, '^(node:)?(events|timers/promises)$'],
    ),
    only(
      'built-in-projections-are-pure',
      'projections that every domain has are data over the core',
      { path: '^src/read/projections/' },
      ['^src/read/projections/', CORE, npm('zod')],
    ),
    only(
      'time-travel-reads',
      'time travel folds what the ports bring',
      { path: '^src/read/time/' },
      ['^src/(read/(time|projector)|write/runtime)/', CORE, PORTS],
    ),
    only(
      'live-knows-the-log',
      'the live side fans out what the log brings',
      { path: '^src/read/live/' },
      ['^src/read/live/', CORE, STORE_PORT, '^(node:)?timers/promises$'],
    ),
    only(
      'alerts-know-the-log',
      'audit alerts follow the log and leave by NATS and HTTP',
      { path: '^src/operate/alerts/' },
      ['^src/(operate/alerts|read/live)/', CORE, PORTS, npm('@nats-io', 'zod'), NODE],
    ),
    only(
      'access-recognizes',
      'access finds out who somebody is, by keys in NATS and tokens of an issuer',
      { path: '^src/edge/access/' },
      ['^src/edge/access/', CORE, npm('@nats-io', 'jose', 'zod'), NODE],
    ),
    only(
      'metrics-count',
      'metrics ask the parts for their numbers',
      { path: '^src/operate/metrics/' },
      [
        '^src/(operate/(metrics|alerts)|write/runtime|read/(projector|live))/',
        CORE,
        PORTS,
        npm('prom-client'),
        NODE,
      ],
    ),
    only(
      'watches-know-the-log',
      'watches fold the log and send commands',
      { path: '^src/operate/watch/' },
      ['^src/(operate/watch|write/runtime)/', CORE, STORE_PORT, '^(node:)?timers/promises$'],
    ),
    only(
      'doctor-examines',
      'the doctor reads the log past the store, and the read side past the projector',
      { path: '^src/operate/doctor/' },
      [
        '^src/(operate/doctor|write/(runtime|store)|nats-server)/',
        CORE,
        '^src/read/projector/(feeds|same-log)\\.ts$',
        '^src/read/views/port\\.ts$',
        npm('@nats-io'),
        '^(node:)?(util|timers/promises)$',
      ],
    ),
    only('edge-knows-the-core', 'what all ways in share', { path: '^src/edge/wire/' }, [
      '^src/edge/wire/',
      CORE,
      CRYPTO,
      npm('zod'),
    ]),
    only(
      'pictures-know-the-core',
      'pictures are drawn from definitions alone',
      { path: '^src/core/picture/' },
      [CORE, npm('@dagrejs')],
    ),
    only(
      'nats-endpoint',
      'commands over NATS know the core and the runtime',
      { path: '^src/edge/nats/' },
      [
        '^src/(core|edge/(nats|wire)|write/runtime)/',
        '^src/edge/access/index\\.ts$',
        npm('@nats-io'),
      ],
    ),
    only(
      'nats-server-stands-alone',
      'finding and running a nats-server knows nothing of events',
      { path: '^src/nats-server/' },
      ['^src/nats-server/', NODE, npm('pino')],
    ),

    reserved(
      'nats-client-in-one-place',
      'the NATS client stands in the store adapter, the command endpoint and the connection',
      npm('@nats-io'),
      [
        '^src/write/store/nats/',
        '^src/edge/nats/',
        '^src/operate/alerts/',
        '^src/edge/access/',
        '^src/node/(open-nats|node)\\.ts$',
        '^src/operate/doctor/reading-store\\.ts$', // the doctor reads past the store, to judge it
      ],
    ),
    reserved(
      'sql-in-one-place',
      'SQL and its engines stand in the read store',
      npm('kysely', 'libsql', 'pg'),
      ['^src/read/views/'],
    ),
    reserved('tokens-in-one-place', 'only access knows tokens', npm('jose'), ['^src/edge/access/']),
    reserved('metrics-in-one-place', 'only the metrics know their library', npm('prom-client'), [
      '^src/operate/metrics/',
    ]),
    reserved('hono-in-one-place', 'only HTTP knows Hono', npm('hono', '@hono'), [
      '^src/edge/http/',
    ]),
    reserved('xstate-in-one-place', 'only the machine knows XState', npm('xstate'), [
      '^src/core/machine\\.ts$',
      '^src/write/runtime/',
    ]),

    only(
      'importing-drives-importers',
      'imports of models know the contract, the runtime and the ports, no format',
      { path: '^src/operate/importing/' },
      [
        '^src/(core|operate/importing|write/runtime|read/projector)/',
        PORTS,
        '^(node:)?(events|timers/promises|v8)$',
      ],
    ),
    {
      name: 'src-knows-no-domain',
      comment:
        'only the composition root, main.ts, knows which definitions, streams and importers there are',
      severity: 'error',
      from: { path: '^src/', pathNot: [TEST] },
      to: { path: '^(actors|streams|imports)/' },
    },
    only(
      'actors-are-pure',
      'definitions are data and pure functions over the core',
      { path: '^actors/' },
      ['^actors/', CORE, npm('zod')],
    ),
    {
      name: 'actors-are-apart',
      comment: "an aggregate never imports another aggregate's folder",
      severity: 'error',
      from: { path: '^actors/([^/]+)/', pathNot: [TEST] },
      to: { path: '^actors/[^/]+/', pathNot: '^actors/$1/' },
    },
    only(
      'streams-know-the-events',
      'streams and projections know the core, the topology and the definitions',
      { path: '^streams/' },
      [
        '^streams/',
        '^actors/',
        CORE,
        '^src/(write/store/topology|read/projections/stamps)\\.ts$',
        npm('zod'),
      ],
    ),
    only(
      'imports-know-the-core',
      'formats turn files into elements and relations; they know no definition',
      { path: '^imports/', pathNot: ['^imports/plan/'] },
      ['^imports/', IMPORTER, CORE, npm('zod', 'yaml', 'saxes', 'csv-parse'), NODE],
    ),
    only(
      'plans-know-the-definitions',
      'how a field is set, and what it may hold, is said by its definition alone',
      { path: '^imports/plan/' },
      ['^imports/', IMPORTER, CORE, '^actors/', npm('zod'), NODE],
    ),
    only(
      'console-asks-over-http',
      'the console is a page: it draws with the pictures, asks by the client, knows the rest by its answers, and names things as an export does',
      { path: '^console/src/', pathNot: ['^console/src/api/wire\\.ts$'] },
      [
        '^console/src/',
        '^src/core/picture/',
        '^src/client/',
        '^src/core/name-in\\.ts$',
        NODE_MODULES,
      ],
    ),
    {
      name: 'console-loads-no-server',
      comment: 'what the console knows of answers are types, in one file',
      severity: 'error',
      from: { path: '^console/src/api/wire\\.ts$' },
      to: { dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'console-knows-no-domain',
      comment: 'only the screens for architects know what is managed here',
      severity: 'error',
      from: {
        path: '^console/src/',
        pathNot: ['^console/src/(architecture/|main\\.tsx|shell/sections\\.ts)', TEST],
      },
      to: { path: '^console/src/architecture/' },
    },
    {
      name: 'tests-stay-tests',
      comment: 'nothing that is shipped imports a test',
      severity: 'error',
      from: { path: '^(src|actors|streams|imports)/', pathNot: [TEST] },
      to: { path: ['^test/', '^bench/', TEST] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
