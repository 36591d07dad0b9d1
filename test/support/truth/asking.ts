import type { Answer, At, Json, Read, Slug, Told } from './ledger.js';

/** Where a node is reached, and by which key. */
export type Door = { readonly url: string; readonly key: string };

/** Longest that an answer is waited for. */
const ANSWER_WITHIN_MS = 45_000;
/** Longest that an event stream is given to bring what it must. */
const STREAM_WITHIN_MS = 20_000;

const NAMES: Readonly<Record<Slug, string>> = {
  application: 'Application',
  integration: 'Integration',
};

const headersOf = ({ key }: Door): Record<string, string> => ({
  'x-api-key': key,
  'content-type': 'application/json',
});

const REACHED: Readonly<Record<string, boolean>> = { true: true, false: false };

const answerOf = async (response: Response): Promise<Answer> => {
  const body = (await response.json()) as Json;
  const { code = null, position, min_position_reached: reached } = body;
  const { headers, status } = response;
  return {
    status,
    code: code as string | null,
    body,
    position: (position as string | undefined) ?? headers.get('stele-position'),
    reached:
      (reached as boolean | undefined) ??
      REACHED[headers.get('stele-min-position-reached') ?? ''] ??
      null,
  };
};

/** Send a command as it is, the whole envelope. */
export const tell = async (door: Door, told: Told): Promise<Answer> => {
  const { command_id, command_type, slug, id, data, expected_version } = told;
  const response = await fetch(`${door.url}/commands`, {
    method: 'POST',
    headers: headersOf(door),
    body: JSON.stringify({
      command_id,
      command_type,
      aggregate_type: NAMES[slug],
      aggregate_id: id,
      source: 'api',
      command_timestamp: '2026-01-06T10:00:00Z',
      data,
      ...(expected_version !== null && { expected_version }),
    }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return answerOf(response);
};

const momentOf = (slug: Slug, at: At): Record<string, string> => {
  if ('as_of' in at) return { as_of: `${slug}:${at.as_of}` };
  if ('version' in at) return { version: String(at.version) };
  if ('effective_at' in at) return { effective_at: at.effective_at };
  return at.min === undefined ? {} : { min_position: `${slug}:${at.min}` };
};

const pathOf = (read: Exclude<Read, { kind: 'stream' }>): string => {
  if (read.kind === 'list') {
    const owner = read.owner === null ? {} : { owner: read.owner };
    const query = { limit: '1', ...owner, ...momentOf('application', read.at) };
    return `/applications?${new URLSearchParams(query)}`;
  }
  const one = `/${read.slug}s/${read.id}`;
  switch (read.kind) {
    case 'document':
      return `${one}?${new URLSearchParams(momentOf(read.slug, read.at))}`;
    case 'events':
      return `${one}/events?limit=1000`;
    case 'possible':
      return `${one}/commands`;
    case 'history': {
      const min = read.min === undefined ? '' : `&min_position=${read.slug}:${read.min}`;
      return `${one}/history?limit=1${min}`;
    }
    case 'diff':
      return `${one}/diff?from=${read.slug}:${read.from}`;
  }
};

/** Follow an event stream until a version came, or for as long as it may take. */
const follow = async (door: Door, read: Extract<Read, { kind: 'stream' }>): Promise<Answer> => {
  const query = new URLSearchParams({
    aggregate_type: NAMES[read.slug],
    aggregate_id: read.id,
    from_version: '1',
  });
  const leaving = new AbortController();
  const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(STREAM_WITHIN_MS)]);
  const response = await fetch(`${door.url}/events/stream?${query}`, {
    headers: headersOf(door),
    signal,
  });
  if (response.status !== 200) return answerOf(response);
  const events: Json[] = [];
  try {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) {
      rest += decoder.decode(chunk, { stream: true });
      const frames = rest.split('\n\n');
      rest = frames.pop()!;
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (data !== undefined) events.push(JSON.parse(data) as Json);
      }
      if (events.some(({ aggregate_version: version }) => Number(version) >= read.version)) break;
    }
  } catch {
    // What it brought until its time was over is the answer.
  }
  leaving.abort();
  return { status: 200, code: null, body: { events }, position: null, reached: null };
};

/** Ask a node for something. */
export const ask = async (door: Door, read: Read): Promise<Answer> => {
  if (read.kind === 'stream') return follow(door, read);
  const response = await fetch(`${door.url}${pathOf(read)}`, {
    headers: headersOf(door),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return answerOf(response);
};
