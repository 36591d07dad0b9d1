import { useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { SteleProblem } from '../../../src/client/stele-problem.js';
import { useAnswer } from '../api/use-answer.js';
import { type Kind, useThingHref } from '../api/use-kinds.js';
import type { MachineJson } from '../lifecycle/use-lifecycle.js';
import { Dialog } from '../ui/dialog.js';
import { Notice } from '../ui/notice.js';
import { Problem } from '../ui/problem.js';
import { Skeleton } from '../ui/skeleton.js';
import { useFirstField } from '../ui/use-first-field.js';
import { type Draft, draftOf, valueIn, type Wrong } from './draft.js';
import { Fields } from './field-input.js';
import './forms.css';
import { LinesToCopy } from './lines-to-copy.js';
import { Meanwhile } from './meanwhile.js';
import { Outcome } from './outcome.js';
import { Papers, type Written } from './papers.js';
import type { Request } from './request.js';
import { type JsonSchema, shapeOf } from './shape-of.js';
import { possibleFrom } from './steps-from.js';
import { conflictIn, useCommand } from './use-command.js';
import { wordsOf } from './words-of.js';

/** The thing that is commanded, as it was when the form was opened. */
export type Target = {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly status: string;
};
type Props = {
  readonly kind: Kind;
  readonly command: string;
  /** None: the command creates one. */
  readonly target?: Target | undefined;
  readonly machine: MachineJson | undefined;
  /** What the form begins with. */
  readonly data?: unknown;
  /** What the thing says now, shown beside fields of the same name. */
  readonly now?: Readonly<Record<string, unknown>> | undefined;
  readonly onClose: () => void;
};

const DATA = /^data\.?/;

/** What the server says is wrong, by the names that fields have in the form. */
const errorsOf = (error: Error | undefined): readonly Wrong[] =>
  error instanceof SteleProblem
    ? error.errors.map(({ field, message }) => ({ field: field.replace(DATA, ''), message }))
    : [];

const bodyOf = (data: unknown, { justification, approval }: Written) => {
  const metadata = {
    ...(justification.trim() !== '' && { business_justification: justification.trim() }),
    ...(approval.trim() !== '' && { approval_id: approval.trim() }),
  };
  return { data, ...(Object.keys(metadata).length > 0 && { metadata }), source: 'ui' };
};

const Form = ({
  kind,
  command,
  target,
  machine,
  data,
  now,
  onClose,
  onFilled,
  schema,
}: Props & {
  readonly schema: JsonSchema;
  /** Whether there is something in the form that is not sent. */
  readonly onFilled: (isFilled: boolean) => void;
}) => {
  const form = useRef<HTMLFormElement>(null);
  useFirstField(form);
  const status = target?.status ?? machine?.initial ?? '';
  const shape = useMemo(() => {
    const whole = shapeOf(schema);
    const emits = schema['x-emits'] ?? [];
    return machine ? possibleFrom(machine, status, { shape: whole, emits }) : whole;
  }, [schema, machine, status]);
  const [draft, setDraft] = useState<Draft>(() => draftOf(shape, data));
  const [written, setWritten] = useState<Written>({ justification: '', approval: '' });
  const [missing, setMissing] = useState<readonly Wrong[]>([]);
  const [opened, setOpened] = useState(target);
  const href = useThingHref();
  const said = useMemo(() => valueIn(shape, draft), [shape, draft]);
  const request: Request = {
    server: location.origin,
    type: kind.type,
    plural: kind.plural,
    command,
    id: target?.id,
    version: opened?.version,
    body: bodyOf('value' in said ? said.value : {}, written),
  };
  const { phase, rewrite, ...command_ } = useCommand(request);
  const sensitive = schema['x-sensitive'] ?? false;
  const error = phase.kind === 'refused' ? phase.error : undefined;
  const errors = [...missing, ...errorsOf(error)];
  const needsApproval =
    (schema['x-approval'] ?? false) ||
    (error instanceof SteleProblem && error.code.startsWith('APPROVAL'));
  const actual = conflictIn(error);
  const done = phase.kind === 'done';
  const moved =
    !done && opened !== undefined && target !== undefined && target.version > opened.version
      ? target.version
      : actual;

  useEffect(() => {
    if (done) onFilled(false);
  }, [done, onFilled]);
  // What somebody else did is acknowledged before anything is sent to it.
  const waits = phase.kind === 'asking' || moved !== undefined;
  const change = (next: Draft): void => {
    setDraft(next);
    onFilled(true);
    setMissing([]);
    rewrite();
  };
  const ready = (): boolean => {
    const wrong = 'errors' in said ? said.errors : [];
    const why =
      sensitive && written.justification.trim() === ''
        ? [{ field: 'metadata.business_justification', message: 'say why' }]
        : [];
    setMissing([...wrong, ...why]);
    return wrong.length + why.length === 0;
  };
  const unplaced = error && actual === undefined ? error : undefined;

  return (
    <form
      ref={form}
      noValidate
      className="stack command-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (moved === undefined && ready()) void command_.send();
      }}
    >
      {schema.description && <p className="soft">{schema.description}</p>}
      {!done && shape.kind === 'object' && (
        <Fields shape={shape} draft={draft} onDraft={change} place={{ path: '', errors, now }} />
      )}
      {!done && (
        <Papers
          sensitive={sensitive}
          approval={needsApproval}
          covered={{
            command_type: command,
            aggregate_type: kind.type,
            aggregate_id: target?.id,
            name: target?.name,
          }}
          written={written}
          onWritten={(next) => {
            setWritten(next);
            onFilled(true);
            setMissing([]);
            rewrite();
          }}
          errors={errors}
        />
      )}
      <div aria-live="polite" className="stack">
        {missing.length > 0 && (
          <Notice tone="bad">
            {missing.length === 1 ? 'One field is' : `${missing.length} fields are`} not right yet.
          </Notice>
        )}
        {unplaced && <Problem error={unplaced} />}
        {moved !== undefined && opened && target && (
          <Meanwhile
            kind={kind}
            id={target.id}
            seen={opened.version}
            actual={moved}
            onGoOn={() => {
              setOpened({ ...target, version: moved });
              rewrite();
            }}
          />
        )}
        {(phase.kind === 'tried' || phase.kind === 'done') && (
          <Outcome
            answer={phase.answer}
            done={done}
            status={opened?.status ?? status}
            machine={machine}
          />
        )}
      </div>
      {!done && 'value' in said && <LinesToCopy request={request} />}
      <div className="row form-actions">
        {done ? (
          <>
            {!target && (
              <Link className="button primary" href={href(kind.type, phase.answer.aggregate_id)}>
                Open it
              </Link>
            )}
            <button
              type="button"
              className={target ? 'button primary' : 'button'}
              onClick={onClose}
            >
              Close
            </button>
          </>
        ) : (
          <>
            <button
              type="button"
              className="button"
              disabled={waits}
              onClick={() => ready() && void command_.try()}
            >
              {phase.kind === 'asking' && phase.dry ? 'Trying…' : 'Try it'}
            </button>
            <button type="submit" className="button primary" disabled={waits}>
              {phase.kind === 'asking' && !phase.dry ? 'Sending…' : 'Send'}
            </button>
            <span className="small soft">
              {moved !== undefined
                ? 'See first what has changed meanwhile.'
                : `${opened ? `To version ${opened.version}. ` : ''}Trying changes nothing.`}
            </span>
          </>
        )}
      </div>
    </form>
  );
};

/** A command as a form made from its schema: to fill in, to try, to send. */
export const CommandDialog = (props: Props) => {
  const { kind, command, target, onClose } = props;
  const schema = useAnswer<JsonSchema>(
    `/schemas/${kind.type}/commands/${command}`,
    { part: 'data' },
    { follows: [] },
  );
  const [isFilled, setFilled] = useState(false);
  const title = target ? `${wordsOf(command)}: ${target.name}` : wordsOf(command);
  return (
    <Dialog title={title} onClose={onClose} isFilled={isFilled}>
      {schema.error && <Problem error={schema.error} retry={() => void schema.refetch()} />}
      {schema.data ? (
        <Form key={command} {...props} schema={schema.data} onFilled={setFilled} />
      ) : (
        !schema.error && <Skeleton lines={5} />
      )}
    </Dialog>
  );
};
