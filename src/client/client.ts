import { Collection, type One } from './collection.js';
import { Session } from './session.js';
import type { ClientOptions } from './transport.js';
import type { DocumentOf, EventOf, Following, NameOf } from './types.js';

type Names = string | symbol;
type Document<T, V> =
  Uncapitalize<NameOf<T>> extends keyof V ? V[Uncapitalize<NameOf<T>>] : DocumentOf<T>;

/** `stele.door` for all doors, `stele.door(id)` for one. */
export type Resource<T, D> = Collection<T, D> & ((id: string) => One<T, D>);

/** A client for the definitions `A`; `V` says what the documents of a type are like. */
export type Client<A extends readonly unknown[], V = unknown> = {
  readonly [T in A[number] as Uncapitalize<NameOf<T>>]: Resource<T, Document<T, V>>;
} & {
  /** All events as they happen, of every type. */
  readonly events: (following?: Following) => AsyncGenerator<EventOf<A[number]>>;
};

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** A collection that is also a function. */
const resourceOf = (session: Session, name: string): unknown => {
  const collection = new Collection<{ readonly name: string }>(session, name);
  return new Proxy((id: string) => collection.one(id), {
    get: (target, key) => {
      const found: unknown = Reflect.get(collection, key);
      if (typeof found === 'function') return found.bind(collection);
      return found ?? Reflect.get(target, key);
    },
  });
};

/**
 * A client for a node, typed by definitions alone: nothing is generated, and no definition is
 * loaded. It runs wherever there is `fetch`.
 *
 * @example
 * const stele = createClient<typeof definitions>({ url: 'http://localhost:3000', key });
 * await stele.door(id).send('PaintDoor', { colour: 'red' }, { justification: 'it was grey' });
 * for await (const door of stele.door.list({ colour: 'red' })) console.log(door.id);
 */
export const createClient = <A extends readonly unknown[], V = unknown>(
  options: ClientOptions,
): Client<A, V> => {
  const session = new Session(options);
  const resources = new Map<Names, unknown>();
  const events = (following: Following = {}) => session.follow({}, following);
  return new Proxy(
    {},
    {
      get: (_, key) => {
        // A client is no promise, though somebody may await what gave it.
        if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return undefined;
        if (key === 'events') return events;
        const found = resources.get(key) ?? resourceOf(session, pascal(key));
        resources.set(key, found);
        return found;
      },
    },
  ) as Client<A, V>;
};
