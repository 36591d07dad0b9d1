export {
  type ConnectionCounts,
  createMetrics,
  type Measured,
  type Metrics,
} from './create-metrics.js';
export type { HttpMeter } from './http-meter.js';
export { createReadiness, type Part, type Readiness } from './readiness.js';
