export { serveCommands } from './serve-commands.js';
