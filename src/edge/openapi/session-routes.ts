import { z } from 'zod';
import { PERMISSIONS } from '../../core/access.js';
import { json, text } from './answers.js';
import type { Answer, Draft } from './draft.js';
import { inPath } from './parameters.js';
import { answerOf } from './shapes.js';

const Text = z.string();
const Session = z.object({
  open: z.boolean().meta({ description: 'Everybody may do everything; nobody signs in.' }),
  actor: Text.nullable().meta({ description: 'What stands in the log.' }),
  actor_type: z.enum(['user', 'service', 'system']).nullable(),
  roles: z.array(Text),
  teams: z.array(Text).meta({ description: '"*" is every team.' }),
  permissions: z.array(z.enum(PERMISSIONS)).meta({ description: 'What the roles let see.' }),
  expires_at: Text.nullable().meta({ description: 'null: never by itself.' }),
  name: Text,
  version: Text,
});
const SIGN_IN = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    code: { type: 'string', description: 'From a link; it counts once.' },
    credential: { type: 'string', description: 'An API key or a token.' },
  },
} as const;
const SAME: Answer = { description: 'What If-None-Match names still holds.' };
const PLACE = { name: 'page', codes: ['NOT_FOUND'] };

/** Browsers sign in, ask who they are, and sign out. */
const sessions = (draft: Draft): void => {
  const base = { tag: 'Session', path: '/session' } as const;
  const session = draft.schema('Session', answerOf(Session));
  draft.add({
    ...base,
    method: 'post',
    id: 'session.begin',
    open: true,
    summary: 'Sign in with a code, an API key or a token.',
    description: 'The answer sets the cookie `stele_session`.',
    body: { required: true, content: { 'application/json': { schema: SIGN_IN } } },
    answers: { 200: json('Who signed in.', session) },
    refusals: {
      name: 'signing-in',
      codes: [
        'VALIDATION_ERROR',
        'UNAUTHENTICATED',
        'CROSS_SITE',
        'NOT_FOUND',
        'PAYLOAD_TOO_LARGE',
        'UNSUPPORTED_MEDIA_TYPE',
        'STORE_UNAVAILABLE',
        'IDENTITY_PROVIDER_UNAVAILABLE',
      ],
    },
  });
  draft.add({
    ...base,
    method: 'get',
    id: 'session.get',
    summary: 'Who asks, and what they may see.',
    answers: { 200: json('Who asks.', session) },
    refusals: { name: 'session', codes: ['STORE_UNAVAILABLE'] },
  });
  draft.add({
    ...base,
    method: 'delete',
    id: 'session.end',
    open: true,
    summary: 'Sign out, on every node.',
    answers: { 204: { description: 'There is no session any more.' } },
    refusals: { name: 'signing-out', codes: ['CROSS_SITE', 'STORE_UNAVAILABLE'] },
  });
};

const page = text('The page.', 'text/html; charset=utf-8');
const file = text(
  'A file, or the page.',
  'text/html; charset=utf-8',
  'text/javascript; charset=utf-8',
  'text/css; charset=utf-8',
  'text/plain; charset=utf-8',
  'image/svg+xml',
  'image/png',
  'image/x-icon',
  'font/woff2',
  'application/json',
  'application/manifest+json',
  'application/octet-stream',
);

/** The console and its sessions. */
export const sessionRoutes = (draft: Draft): void => {
  sessions(draft);
  const base = { method: 'get', tag: 'Node', open: true, refusals: PLACE } as const;
  for (const [path, id] of [
    ['/console', 'console.page'],
    ['/console/', 'console.index'],
  ] as const)
    draft.add({
      ...base,
      path,
      id,
      summary: 'The web console.',
      answers: { 200: page, 304: SAME },
    });
  draft.add({
    ...base,
    path: '/console/{path}',
    id: 'console.file',
    summary: 'A file of the console; any other address below it is the page.',
    parameters: [inPath('path', { type: 'string', minLength: 1 })],
    answers: { 200: file, 304: SAME },
  });
};
