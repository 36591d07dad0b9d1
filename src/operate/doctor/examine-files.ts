import { type Finding, finding } from './finding.js';

/** Whether a server that runs still has its files; `gone` = what of them is not there. */
export const examineFiles = (gone: string | undefined): readonly Finding[] =>
  gone === undefined ? [] : [finding('STORE_FILES_GONE', gone, { stream: 'server' })];
