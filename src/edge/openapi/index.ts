export * from './answers.js';
export { asyncApiOf, asyncApiSteps } from './asyncapi.js';
export { answerSchema, namedParameter, namedSchema } from './component.js';
export { documentRef, pageSchema } from './documents.js';
export { exampleOf } from './example-of.js';
export type { Ref } from './json-schema.js';
export { placedAt } from './json-schema.js';
export { jsonText } from './json-text.js';
export { openApiOf, openApiSteps } from './openapi.js';
export type { Answer, Description, Operation, Parameter } from './operation.js';
export { pageFile } from './page.js';
export { inHeader, inPath, inQuery } from './parameters.js';
export * from './refusals.js';
export {
  answerOf,
  EventsLeftOut,
  envelopeSchema,
  REFLECTION,
} from './shapes.js';
export type { Steps } from './steps.js';
export { withArticle, withCapital } from './with-article.js';
