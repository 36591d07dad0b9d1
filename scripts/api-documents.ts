import { actors } from '../actors/index.js';
import { openApiDocument } from '../src/edge/http/open-api-document.js';
import { asyncApiOf, jsonText } from '../src/edge/openapi/index.js';
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
    'docs/reference/openapi.json': `${jsonText(openApiDocument(described))}\n`,
    'docs/reference/asyncapi.json': `${jsonText(asyncApiOf(described))}\n`,
  };
};
