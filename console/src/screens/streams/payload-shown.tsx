import { useState } from 'react';
import type { Shown } from '../../api/wire.js';
import { CopyButton } from '../../ui/copy-id.js';
import { Json } from '../../ui/json.js';
import { hexOf, sizeText } from './size-text.js';

/** What bytes say: as JSON, as text, or one by one. */
export const PayloadShown = ({ shown }: { readonly shown: Shown }) => {
  const [hex, setHex] = useState(shown.encoding === 'base64');
  const text =
    shown.encoding === 'json' ? JSON.stringify(shown.payload, null, 2) : String(shown.payload);
  return (
    <div className="stack">
      <div className="row">
        <button
          type="button"
          className="button small"
          aria-pressed={hex}
          onClick={() => setHex((before) => !before)}
        >
          Hex
        </button>
        <CopyButton text={hex ? hexOf(shown) : text} />
        <span className="small soft">
          {sizeText(shown.size)}
          {shown.cut && ', only the beginning is shown'}
        </span>
      </div>
      {shown.encoding === 'json' && !hex ? (
        <Json value={shown.payload} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached
        <pre className="code" tabIndex={0}>
          {hex ? hexOf(shown) : text}
        </pre>
      )}
    </div>
  );
};
