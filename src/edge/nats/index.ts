export { nodesOn } from './find-nodes.js';
export { nodeNumbers } from './node-numbers.js';
export { tooLargeRequest } from './request-bytes.js';
export { serveCommands } from './serve-commands.js';
