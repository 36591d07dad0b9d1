import { Link } from 'wouter';
import { useKinds } from '../../api/use-kinds.js';
import { CopyButton } from '../../ui/copy-id.js';

const STEPS = [
  ['See what can be brought in', 'npx stele import --list'],
  ['Make a key for a program', 'npx stele key create --help'],
  ['Let another person in', 'npx stele console'],
] as const;

/** The log is empty: what to do so that it is not. */
export const FirstSteps = () => {
  const kinds = useKinds();
  return (
    <section className="card" aria-labelledby="first">
      <header>
        <h2 id="first">Nothing has happened yet: first steps</h2>
      </header>
      <div className="body stack">
        <ol className="stack">
          {STEPS.map(([what, line]) => (
            <li key={line} className="first-step">
              <span>{what}</span>
              <code>{line}</code>
              <CopyButton text={line} />
            </li>
          ))}
        </ol>
        <p>
          Or write the first one by hand:{' '}
          {kinds.map(({ type, plural }, nth) => (
            <span key={type}>
              {nth > 0 && ', '}
              <Link href={`/things/${plural}`}>{plural.replaceAll('-', ' ')}</Link>
            </span>
          ))}
          .
        </p>
      </div>
    </section>
  );
};
