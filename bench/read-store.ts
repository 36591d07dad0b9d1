/** The engines of the read store. */
export const ENGINES = ['sqlite', 'postgresql'] as const;
export type EngineName = (typeof ENGINES)[number];

/** Where a read store is: PostgreSQL when there is a URL, else SQLite in the directory. */
export type Place = { readonly databaseUrl: string | undefined; readonly dataDir: string };
