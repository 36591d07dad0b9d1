import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

type Part = { readonly $ref?: string } & Readonly<Record<string, unknown>>;
type Operation = Part & { readonly operationId: string; readonly responses: Record<string, Part> };
export type OpenApi = {
  readonly tags: readonly { readonly name: string; readonly 'x-also-at'?: readonly string[] }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Part>>>>;
};

const matches = (template: string, path: string): boolean => {
  const [known, asked] = [template.split('/'), path.split('/')];
  return (
    known.length === asked.length && known.every((one, i) => /^\{/.test(one) || one === asked[i])
  );
};
/** A path that says a segment itself goes before one that leaves it open. */
const openness = (template: string): number => template.split('{').length;

/** What an OpenAPI document says of answers, to hold real ones against. */
export const documented = (document: OpenApi) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ ...document, $id: 'https://api.test/' });
  const validators = new Map<string, ValidateFunction>();
  const pointer = (...keys: readonly string[]): string =>
    `https://api.test/#/${keys.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
  const validator = (ref: string): ValidateFunction => {
    const known = validators.get(ref) ?? ajv.compile({ $ref: ref });
    validators.set(ref, known);
    return known;
  };
  const operationAt = (method: string, path: string): [string, Operation] | undefined => {
    const [found] = Object.keys(document.paths)
      .filter((one) => matches(one, path) && document.paths[one]![method])
      .sort((a, b) => openness(a) - openness(b));
    return found === undefined ? undefined : [found, document.paths[found]![method]!];
  };
  /** What the document does not say of an answer; nothing when it is as described. */
  const undocumented = (
    asked: { readonly method: string; readonly path: string },
    told: { readonly status: number; readonly type: string | null; readonly json: unknown },
  ): string | undefined => {
    const found = operationAt(asked.method.toLowerCase(), asked.path.split('?')[0]!);
    if (!found) return 'no such operation';
    const [template, operation] = found;
    const status = String(told.status);
    const said = operation.responses[status];
    if (!said) return `status ${status}`;
    const own = pointer('paths', template, asked.method.toLowerCase(), 'responses', status);
    const [, , , name = ''] = said.$ref?.split('/') ?? [];
    const response = said.$ref ? document.components.responses![name]! : said;
    const at = said.$ref ? pointer('components', 'responses', name) : own;
    const content = response.content as Record<string, Part> | undefined;
    if (!content) return told.type === null ? undefined : `content type ${told.type}`;
    const type = Object.keys(content).find((one) => one === told.type);
    if (type === undefined) return `content type ${told.type}`;
    if (!/json$/.test(type) || type.includes('ndjson')) return undefined;
    const check = validator(
      `${at}/content/${encodeURIComponent(type.replaceAll('/', '~1'))}/schema`,
    );
    return check(told.json) ? undefined : ajv.errorsText(check.errors?.slice(0, 5));
  };
  return { ajv, pointer, validator, operationAt, undocumented };
};
