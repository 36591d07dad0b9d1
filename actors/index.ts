import { Application } from './application/application.js';
import { BusinessCapability } from './business-capability/business-capability.js';
import { ChangeApproval } from './change-approval/change-approval.js';
import { DataEntity } from './data-entity/data-entity.js';
import { Integration } from './integration/integration.js';
import { Organization } from './organization/organization.js';
import { Relation } from './relation/relation.js';
import { Server } from './server/server.js';
import { WorkItem } from './work-item/work-item.js';

/** Every aggregate and process there is. A new one is one folder and one line here. */
export const actors = [
  BusinessCapability,
  Application,
  Server,
  Organization,
  DataEntity,
  Integration,
  Relation,
  ChangeApproval,
  WorkItem,
];
