import { Option } from 'commander';
import { EXIT, Stop } from './exit.js';

const DEFAULT_SERVER = 'http://127.0.0.1:3000';

/** Which node a command asks, and with which key. */
export type ServerFlags = { readonly server: string; readonly key?: string };

/** `--server`, or STELE_URL, or the default. */
export const serverOption = (): Option =>
  new Option('-s, --server <url>', 'the Stele to talk to')
    .env('STELE_URL')
    .default(DEFAULT_SERVER)
    .argParser(serverUrl);

/** `--server`, or STELE_URL, or none: for what also works without a server. */
export const nodeOption = (what = 'a node to ask too whether it is ready'): Option =>
  new Option('-s, --server <url>', what).env('STELE_URL').argParser(serverUrl);

/** `--key`; STELE_KEY is better, since others on this machine see command lines. */
export const keyOption = (): Option =>
  new Option('-k, --key <key>', 'the API key to send; better in STELE_KEY or STELE_KEY_FILE');

const serverUrl = (text: string): string => {
  if (URL.canParse(text) && /^https?:/.test(text)) return text.replace(/\/+$/, '');
  throw new Stop(`--server: "${text}" is not an http:// or https:// URL`, EXIT.usage);
};
