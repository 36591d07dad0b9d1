/** What is changed one place at a time, and the tests that are to notice. */
const AREAS = {
  core: {
    mutate: ['src/core/{accepted-commands,command,decide,event,fold,upcast}.ts'],
    tests: ['src/core/**/*.test.ts'],
  },
  runtime: {
    mutate: ['src/write/runtime/**/*.ts', '!**/*.test.ts'],
    tests: ['src/write/runtime/**/*.test.ts'],
  },
  // On a real server: a store that only seems to be one proves nothing.
  store: {
    mutate: ['src/write/store/nats/**/*.ts', '!**/*.test.ts'],
    tests: [
      'src/write/store/**/*.test.ts',
      'test/{store,nats-store,store-inspection,heads,appender,topology,projector-feed}.test.ts',
    ],
  },
};
export const AREA_NAMES = Object.keys(AREAS);

/** The area that this process is about. */
export const chosenArea = () => {
  const name = process.env.STELE_TEST_MUTATE ?? 'core';
  const area = AREAS[name];
  if (!area) throw new Error(`STELE_TEST_MUTATE: "${name}" is none of ${AREA_NAMES.join(', ')}`);
  return { name, ...area };
};

/** Where Stryker writes about an area; not kept. */
export const reportFile = (name, ending = 'json') => `reports/mutation/${name}.${ending}`;
