/** What a server may need of the surroundings. Keys and addresses of ours are none of its business. */
const INHERITED = [
  ...['PATH', 'HOME', 'USER', 'TMPDIR', 'TMP', 'TEMP', 'TZ', 'LANG', 'LC_ALL', 'SystemRoot'],
  ...['GOMAXPROCS', 'GOMEMLIMIT', 'GOGC', 'GODEBUG', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

/** The environment of a server that we start. */
export const childEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(INHERITED.flatMap((name) => (name in env ? [[name, env[name]]] : [])));
