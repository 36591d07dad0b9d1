import { processIo, runProgram } from 'stele';
import { Book } from './lending.js';

process.exitCode = await runProgram(
  { definitions: [Book], version: '0.1.0', io: processIo() },
  process.argv.slice(2),
);
