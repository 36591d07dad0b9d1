import { actors } from '../actors/index.js';
import { asyncApiOf, jsonText, openApiOf } from '../src/edge/openapi/index.js';
import { completeProjections } from '../src/read/projections/index.js';
import { projections } from '../streams/index.js';

/** What stands for the version in files that are kept: a release alone changes no description. */
const VERSION = '0';

/** The descriptions of this program's API, as they are kept in the repository. */
export const apiDocuments = (): Readonly<Record<string, string>> => {
  const described = {
    definitions: actors,
    projections: completeProjections(actors, projections),
    info: { name: 'stele', version: VERSION },
  };
  return {
    'docs/reference/openapi.json': `${jsonText(openApiOf(described))}\n`,
    'docs/reference/asyncapi.json': `${jsonText(asyncApiOf(described))}\n`,
  };
};
