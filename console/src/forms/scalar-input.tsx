import type { Shape } from './shape-of.js';

type InputProps = {
  readonly id: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly required: boolean;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
};

const TYPES: Partial<Record<Shape['kind'], string>> = {
  date: 'date',
  datetime: 'datetime-local',
  number: 'text',
};

const Select = ({
  options,
  text,
  onText,
  common,
}: Pick<InputProps, 'text' | 'onText'> & {
  readonly options: readonly (readonly [value: string, label: string, impossible?: boolean])[];
  readonly common: object;
}) => (
  <select {...common} value={text} onChange={({ target }) => onText(target.value)}>
    <option value="">–</option>
    {options.map(([value, label, impossible = false]) => (
      <option key={value} value={value} disabled={impossible}>
        {impossible ? `${label} (not possible now)` : label}
      </option>
    ))}
  </select>
);

/** One value: a text, a number, a choice, a day. */
export const ScalarInput = ({ shape, ...input }: InputProps & { readonly shape: Shape }) => {
  const { id, text, onText, required, describedBy, invalid } = input;
  const common = {
    id,
    className: 'input',
    required,
    'aria-invalid': invalid,
    'aria-describedby': describedBy,
  };
  const write = {
    value: text,
    onChange: (event: { target: { value: string } }) => onText(event.target.value),
  };
  if (shape.kind === 'choice') {
    const options = shape.options.map((one, nth) => {
      const label = String(one).replaceAll('_', ' ');
      return [String(nth), label, shape.impossible?.includes(one) ?? false] as const;
    });
    return <Select options={options} text={text} onText={onText} common={common} />;
  }
  if (shape.kind === 'boolean') {
    const options = [['true', 'yes'] as const, ['false', 'no'] as const];
    return <Select options={options} text={text} onText={onText} common={common} />;
  }
  if (shape.kind === 'const') return <output id={id}>{String(shape.value)}</output>;
  if (shape.kind === 'json' || (shape.kind === 'text' && shape.long))
    return <textarea {...common} {...write} spellCheck={shape.kind === 'text'} />;
  const secret = shape.kind === 'text' && shape.secret;
  return (
    <input
      {...common}
      {...write}
      type={secret ? 'password' : (TYPES[shape.kind] ?? 'text')}
      inputMode={shape.kind === 'number' ? (shape.integer ? 'numeric' : 'decimal') : undefined}
      step={shape.kind === 'datetime' ? 1 : undefined}
      autoComplete="off"
    />
  );
};
