import { NatsServerFault } from './nats-server-fault.js';
import { isRunning } from './process-identity.js';
import type { ServerFiles } from './server-files.js';
import { readRecord, recordedProcess } from './server-record.js';

/** Why a server that another process, which is alive, runs here cannot be shared. */
export function notAnswering(files: ServerFiles, owner: number | undefined): NatsServerFault {
  const record = readRecord(files);
  const recorded = record && recordedProcess(record);
  const by = owner ? `process ${owner}` : 'another process';
  const what =
    recorded && isRunning(recorded)
      ? `nats-server process ${recorded.pid}, which ${by} runs on ${files.dataDir}, does not answer: it may be stopped (\`kill -CONT ${recorded.pid}\`) or overloaded; when it is ended, ${by} starts it again`
      : `${by} runs ${files.dataDir}, but its nats-server is not there: see ${files.logFile} and ${files.crashFile}, and whether its disk has room; it is started again and again`;
  return new NatsServerFault('SERVER_UNRESPONSIVE', what);
}
