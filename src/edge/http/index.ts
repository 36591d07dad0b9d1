export type { App } from './app.js';
export { createHttp, type HttpOptions } from './create-http.js';
export { Connections } from './hardening/connections.js';
export type { Info } from './http.js';
export { HTTP_LIMITS, type HttpLimits } from './limits.js';
export type { Operations } from './operations.js';
export { type Served, serveHttp } from './serve-http.js';
