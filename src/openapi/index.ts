export { asyncApiOf } from './asyncapi.js';
export { jsonText } from './json-text.js';
export { openApiOf } from './openapi.js';
export { pageFile } from './page.js';
