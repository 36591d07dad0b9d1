import { Application } from './application/application.js';
import { BusinessCapability } from './business-capability/business-capability.js';
import { Server } from './server/server.js';

/** Every aggregate and process there is. A new one is one folder and one line here. */
export const actors = [BusinessCapability, Application, Server];
