/** One of a few ways to look at something. */
export const Choices = <T extends string>({
  label,
  options,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly options: Readonly<Record<T, string>>;
  readonly chosen: T;
  readonly onChoose: (one: T) => void;
}) => (
  <fieldset className="button-group">
    <legend className="visually-hidden">{label}</legend>
    {(Object.keys(options) as T[]).map((one) => (
      <button
        key={one}
        type="button"
        className="button"
        aria-pressed={one === chosen}
        onClick={() => onChoose(one)}
      >
        {options[one]}
      </button>
    ))}
  </fieldset>
);

/** What the address says, when it is one of those there are. */
export const oneOf = <T extends string>(
  options: Readonly<Record<T, string>>,
  said: string | undefined,
  usual: NoInfer<T>,
): T => (Object.keys(options) as T[]).find((one) => one === said) ?? usual;
