export { asyncApiOf, asyncApiSteps } from './asyncapi.js';
export { jsonText } from './json-text.js';
export { openApiOf, openApiSteps } from './openapi.js';
export { pageFile } from './page.js';
export type { Steps } from './steps.js';
