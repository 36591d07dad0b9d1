import { CopyButton } from '../ui/copy-id.js';
import { curlOf, natsOf, type Request } from './request.js';

/** The same command for a terminal. The key is never in it: it stands in the environment. */
export const LinesToCopy = ({ request }: { readonly request: Request }) => {
  const lines = [
    ['curl', curlOf(request)],
    ['NATS', natsOf(request)],
  ] as const;
  return (
    <details className="lines">
      <summary className="soft">The same from a terminal</summary>
      <div className="stack">
        {lines.map(([name, text]) => (
          <div key={name} className="stack">
            <div className="row between">
              <h3>{name}</h3>
              <CopyButton text={text} label={`Copy for ${name}`} />
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
            <pre className="code" tabIndex={0}>
              {text}
            </pre>
          </div>
        ))}
      </div>
    </details>
  );
};
