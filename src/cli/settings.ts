import { type Config, describeMistakes, readConfig } from '../node/config.js';
import { EXIT, Stop } from './exit.js';
import { type Io, write } from './io.js';

/** The configuration, or the end of the command with every mistake named. */
export const settings = (io: Io): Config => {
  const { config, mistakes, warnings } = readConfig(io.env);
  for (const warning of warnings) write(io.stderr, `warning: ${warning}`);
  if (config) return config;
  throw new Stop(describeMistakes(mistakes), EXIT.config);
};
