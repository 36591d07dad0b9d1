import { processIo, runProgram } from 'stele';
import { topology } from 'stele/streams';
import { Book } from './lending.js';

process.exitCode = await runProgram(
  { definitions: [Book], topology, importers: [], version: '0.1.0', io: processIo() },
  process.argv.slice(2),
);
