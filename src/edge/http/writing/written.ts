import type { EventJson } from '../../../core/event.js';
import type { Together } from '../../../write/runtime/outcome.js';
import { answer, answerAccepted } from '../answer.js';
import type { Ctx } from '../http.js';
import type { Sent } from './sending.js';

/** The answer to a request that wrote a resource. */
export type Written = Omit<Together, 'commands' | 'unchanged'> & {
  /** The part of the aggregate that it is about, where it is about one. */
  readonly part_id?: string;
  /** What was carried out, in this order. */
  readonly commands: readonly {
    readonly command_id: string;
    readonly command_type: string;
    /** The fields of the resource that it set. */
    readonly fields: readonly string[];
    readonly events: readonly EventJson[];
  }[];
  /** Fields that were so already. */
  readonly unchanged: readonly string[];
};

type About = {
  readonly fields: readonly string[];
  readonly part_id?: string;
  /** Where a new one is. */
  readonly location?: string;
};

/** Name every command and event of a request, and what of the fields it says was so already. */
export const writtenAnswer = (
  c: Ctx,
  sent: Sent,
  { fields: said, part_id, location }: About,
): Response => {
  const { commands: done, unchanged: _, ...told } = sent.result;
  const commands = done.map(({ command_id, events }) => {
    const { type, fields } = sent.planned.get(command_id)!;
    return { command_id, command_type: type, fields, events };
  });
  const changed = commands.flatMap(({ fields }) => fields);
  const unchanged = said.filter((field) => !changed.includes(field));
  const body: Written = { ...told, ...(part_id !== undefined && { part_id }), commands, unchanged };
  if (told.dry_run) return answerAccepted(c, 200, body);
  const etag = `"${told.aggregate_version}"`;
  const isFirst = part_id !== undefined || done[0]?.events[0]?.aggregate_version === 1;
  return location !== undefined && isFirst && !told.replayed
    ? answerAccepted(c, 201, body, { etag, location })
    : answerAccepted(c, 200, body, { etag });
};

/** All was as asked: nothing was sent. */
export const unchangedAnswer = (
  c: Ctx,
  about: Pick<
    Written,
    'aggregate_type' | 'aggregate_id' | 'aggregate_version' | 'part_id' | 'unchanged'
  >,
): Response => {
  const body: Written = { ...about, position: null, replayed: false, commands: [] };
  return answer(c, 200, body, { etag: `"${about.aggregate_version}"` });
};
