import { kebabOf } from './words-of.js';

/** A command as it would be sent. */
export type Request = {
  readonly server: string;
  readonly type: string;
  readonly plural: string;
  /** Of a creating command the server names the thing. */
  readonly id?: string | undefined;
  readonly command: string;
  readonly version?: number | undefined;
  readonly body: Readonly<Record<string, unknown>>;
};

/** One argument for a shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** The key stands in the environment of whoever runs it. */
const KEY = '"X-Api-Key: $STELE_KEY"';

export const pathOf = ({ plural, id, command }: Request): string =>
  [
    `/${plural}`,
    ...(id === undefined ? [] : [encodeURIComponent(id)]),
    'commands',
    kebabOf(command),
  ].join('/');

/** The same command for a shell, over HTTP. */
export const curlOf = (request: Request): string =>
  [
    `curl -X POST ${quoted(`${request.server}${pathOf(request)}`)}`,
    `-H ${KEY}`,
    `-H 'content-type: application/json'`,
    ...(request.version === undefined ? [] : [`-H 'If-Match: "${request.version}"'`]),
    `-d ${quoted(JSON.stringify(request.body))}`,
  ].join(' \\\n  ');

/** The same command for a shell, over NATS. */
export const natsOf = ({ type, id, command, version, body }: Request): string => {
  const envelope = {
    ...(id !== undefined && { aggregate_id: id }),
    ...(version !== undefined && { expected_version: version }),
    ...body,
  };
  return [
    `nats request cmd.${kebabOf(type)}.${command}`,
    `-H ${KEY}`,
    quoted(JSON.stringify(envelope)),
  ].join(' \\\n  ');
};
