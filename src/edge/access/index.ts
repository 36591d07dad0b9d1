export { type Access, type CodeFor, type Credentials, isOver, type SignIn } from './access.js';
export { type ApiKey, stateOf } from './api-key.js';
export { claimedBy } from './claimed.js';
export { GUESSES_WINDOW_S } from './guess-sources.js';
export { type Found, Guesses } from './guesses.js';
export { KeyBucket } from './key-bucket.js';
export { makeKey, revoked, rotated } from './make-key.js';
export { type AccessSettings, type OpenedAccess, openAccess } from './open-access.js';
export { SignInCodes } from './sign-in-codes.js';
