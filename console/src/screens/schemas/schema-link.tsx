import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { address } from '../../api/address.js';
import { useMay } from '../../api/use-session.js';
import { keyOf, type Of } from './wanted-of.js';

/** Names with links, wrapped; a dash where there are none. */
export const Names = ({ children }: { readonly children: readonly ReactNode[] }) =>
  children.length === 0 ? (
    <span className="faint">none</span>
  ) : (
    <span className="names">{children}</span>
  );

export const SchemaLink = (props: {
  readonly of: Of;
  readonly type: string;
  readonly name: string;
}) => <Link href={address('/schemas', { of: props.of, name: keyOf(props) })}>{props.name}</Link>;

export const ProjectionLink = ({ name }: { readonly name: string }) =>
  useMay('operate') ? <Link href={`/projections/${name}`}>{name}</Link> : <span>{name}</span>;
