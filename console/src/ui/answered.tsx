import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Problem } from './problem.js';
import { Skeleton } from './skeleton.js';

/**
 * An answer, or what there is instead: a placeholder while it is awaited, the server's words when
 * it was refused. What was known before stays on the screen under the notice.
 */
export const Answered = <T,>({
  answer,
  children,
  skeleton,
}: {
  readonly answer: UseQueryResult<T, Error>;
  readonly children: (data: T) => ReactNode;
  readonly skeleton?: ReactNode;
}) => (
  <>
    {answer.error && <Problem error={answer.error} retry={() => void answer.refetch()} />}
    {answer.data !== undefined
      ? children(answer.data)
      : !answer.error && (skeleton ?? <Skeleton lines={6} />)}
  </>
);
