import { Link } from 'wouter';
import type { Kind } from '../../api/use-kinds.js';
import { Badge } from '../../ui/badge.js';
import { CopyId } from '../../ui/copy-id.js';
import { Time } from '../../ui/time.js';
import type { Document } from './use-document.js';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const Crumbs = ({ kind }: { readonly kind: Kind }) => (
  <Link href={`/things/${kind.plural}`}>{kind.plural.replaceAll('-', ' ')}</Link>
);

/** What it is, since when, and who touched it last: as it is now. */
export const Lead = ({
  kind,
  id,
  document,
  status,
  version,
}: {
  readonly kind: Kind;
  readonly id: string;
  readonly document: Document | undefined;
  readonly status: string | undefined;
  readonly version: number | undefined;
}) => (
  <span className="row thing-lead">
    {status && <Badge word={status} />}
    <Link href={`/lifecycles/${kind.type}`}>{kind.type}</Link>
    {version !== undefined && <span>version {version}</span>}
    <span>
      id <CopyId id={id} />
    </span>
    {document?.since !== undefined && (
      <span>
        since <Time at={text(document.since)} date />
      </span>
    )}
    {document?.updated_by !== undefined && (
      <span>
        last changed <Time at={text(document.occurred_at)} date /> by {text(document.updated_by)}
      </span>
    )}
  </span>
);
