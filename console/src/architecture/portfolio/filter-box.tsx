import { type ReactNode, useState } from 'react';

/** Where there is room beside the list, the filters stand open. */
const WIDE = '(min-width: 60rem)';

/** Filters beside a list; whoever closes them has the whole width for it. */
export const FilterBox = ({
  said,
  onClear,
  chosen,
  children,
}: {
  /** How many filters there are. */
  readonly said: number;
  readonly onClear: () => void;
  /** What is shown whether it is open or not. */
  readonly chosen?: ReactNode;
  readonly children: ReactNode;
}) => {
  const [open, setOpen] = useState(() => window.matchMedia(WIDE).matches);
  return (
    <div className="filters" data-open={open}>
      {said > 0 && (
        <button type="button" className="button quiet small clear" onClick={onClear}>
          Clear all
        </button>
      )}
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span>Filters{said > 0 && ` (${said})`}</span>
        </summary>
        {open && (
          <div className="side">
            {chosen}
            {children}
          </div>
        )}
      </details>
      {!open && chosen}
    </div>
  );
};
