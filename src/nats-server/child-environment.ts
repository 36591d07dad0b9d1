/** Keys, secrets and addresses that are for us alone; a nats.conf may name any other variable. */
const OURS = /^(STELE_.*|DATABASE_URL)$/;

/** The environment of whatever we start. */
export const childEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name)));
