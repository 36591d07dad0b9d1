import { useState } from 'react';
import { nameIn } from '../../../src/core/name-in.js';
import type { Page } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';
import { isId } from '../names/pieces-of.js';
import type { Referent } from '../names/referent.js';
import { NameText } from '../names/thing-link.js';
import { useRested } from '../names/use-found-things.js';
import { useName } from '../names/use-name.js';
import { Combobox } from '../ui/combobox.js';
import { CopyId, shortId } from '../ui/copy-id.js';

const FOUND_MAX = 8;

type Found = Readonly<Record<string, unknown>> & { readonly id: string };

/** What of a kind is found by a text; the server searches once typing rests. */
const useFound = ({ plural, searched }: Referent, text: string): readonly Found[] => {
  const asked = useRested(text);
  const { data } = useAnswer<Page<Found>>(
    searched ? `/${plural}` : null,
    { limit: FOUND_MAX, search: asked },
    { follows: [] },
  );
  return data?.items ?? [];
};

/** The id of another thing, found and shown by its name. Any id can be typed in, too. */
export const ReferenceInput = ({
  id,
  kind,
  text,
  onText,
  required,
  describedBy,
  invalid,
}: {
  readonly id: string;
  readonly kind: Referent;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly required: boolean;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
}) => {
  const [chosen, setChosen] = useState<Found>();
  const isChosen = chosen?.id === text;
  const known = useName(isChosen || isId(text) ? { type: kind.type, id: text } : {});
  const name = (isChosen ? nameIn(chosen) : undefined) ?? known;
  const found = useFound(kind, name === undefined ? text : '');
  return (
    <>
      <Combobox
        id={id}
        text={name ?? text}
        options={found.map((one) => ({
          id: one.id,
          name: nameIn(one) ?? <NameText type={kind.type} id={one.id} />,
          about: shortId(one.id),
        }))}
        onText={onText}
        onChoose={(wanted) => {
          setChosen(found.find((one) => one.id === wanted));
          onText(wanted);
        }}
        listLabel={kind.type}
        placeholder={`Search ${kind.plural.replaceAll('-', ' ')} by name`}
        required={required}
        aria-invalid={invalid}
        aria-describedby={describedBy}
      />
      {name !== undefined && (
        <span className="hint">
          id <CopyId id={text} full />
        </span>
      )}
    </>
  );
};
