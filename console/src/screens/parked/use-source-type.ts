import { useKinds } from '../../api/use-kinds.js';

const kebab = (type: string): string =>
  type.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

/** The aggregate type that a source (`business-capability`) holds the events of. */
export const useSourceType = (): ((source: string) => string) => {
  const kinds = useKinds();
  return (source) => kinds.find(({ type }) => kebab(type) === source)?.type ?? source;
};
