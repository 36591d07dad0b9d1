export { nodesOn } from './find-nodes.js';
export { nodeNumbers } from './node-numbers.js';
export { serveCommands } from './serve-commands.js';
