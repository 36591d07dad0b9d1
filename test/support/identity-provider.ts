import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

const AUDIENCE = 'stele';
const ALG = 'ES256';

/** An issuer of tokens with its keys on a real HTTP endpoint. */
export const startIdentityProvider = async () => {
  const own = await generateKeyPair(ALG);
  const foreign = await generateKeyPair(ALG);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'one', alg: ALG, use: 'sig' };
  const state = { up: true, asked: 0 };
  const server = createServer((_, response) => {
    state.asked++;
    response.statusCode = state.up ? 200 : 503;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = 'https://id.example';

  type Given = {
    readonly issuer?: string;
    readonly audience?: string;
    /** null = never. */
    readonly expires?: string | null;
  };
  const sign = (
    payload: JWTPayload,
    key: CryptoKey | Uint8Array,
    { alg, given }: { readonly alg: string; readonly given: Given },
  ) => {
    const jwt = new SignJWT(payload)
      .setProtectedHeader({ alg, kid: 'one' })
      .setIssuer(given.issuer ?? issuer)
      .setAudience(given.audience ?? AUDIENCE)
      .setIssuedAt();
    if (given.expires !== null) jwt.setExpirationTime(given.expires ?? '5m');
    return jwt.sign(key);
  };
  return {
    issuer,
    jwk,
    state,
    env: {
      STELE_JWT_ISSUER: issuer,
      STELE_JWT_AUDIENCE: AUDIENCE,
      STELE_JWT_JWKS_URL: `${url}/jwks`,
    },
    token: (payload: JWTPayload = {}, given: Given = {}) =>
      sign({ sub: 'ada', roles: ['architect'], ...payload }, own.privateKey, { alg: ALG, given }),
    /** Signed by somebody else under the name of the same key. */
    forged: (payload: JWTPayload = {}) =>
      sign({ sub: 'ada', roles: ['admin'], ...payload }, foreign.privateKey, {
        alg: ALG,
        given: {},
      }),
    /** The public key used as if it were a shared secret. */
    confused: () =>
      sign({ sub: 'ada', roles: ['admin'] }, Buffer.from(JSON.stringify(jwk)), {
        alg: 'HS256',
        given: {},
      }),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
};
export type IdentityProvider = Awaited<ReturnType<typeof startIdentityProvider>>;
