export { asyncApiOf } from './asyncapi.js';
export { jsonText } from './json-text.js';
export { openApiOf } from './openapi.js';
export { type PageFile, pageFile } from './page.js';
