import { decodeJwt, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles } from '../../../actors/roles.js';
import {
  type IdentityProvider,
  startIdentityProvider,
} from '../../../test/support/identity-provider.js';
import { jwtRecognizer } from './jwt.js';

let provider: IdentityProvider;
const warned: object[] = [];
beforeAll(async () => {
  provider = await startIdentityProvider();
});
afterAll(() => provider.close());

const given = (settings: object = {}, clock = Date.now, elapsed = () => 0) =>
  jwtRecognizer({
    settings: {
      issuer: provider.issuer,
      audience: 'stele',
      jwksUrl: provider.env.STELE_JWT_JWKS_URL,
      actorClaim: 'sub',
      rolesClaim: 'roles',
      teamsClaim: 'teams',
      ...settings,
    },
    knownRoles: Object.keys(roles),
    clock,
    elapsed,
    log: { warn: (what) => warned.push(what) },
  });
const refused = (message: RegExp) => ({
  refused: 'UNAUTHENTICATED',
  message: expect.stringMatching(message),
});

describe('a token', () => {
  it('says who somebody is, in which roles and teams', async () => {
    const token = await provider.token({ roles: ['architect', 'owner'], teams: ['Team Payments'] });
    expect(await given()(token)).toEqual({
      actor: 'ada',
      actor_type: 'user',
      credential: 'jwt:https://id.example',
      roles: ['architect', 'owner'],
      teams: ['Team Payments'],
      until: new Date(decodeJwt(token).exp! * 1_000).toISOString(),
    });
  });

  it('has its roles and its name where the configuration says', async () => {
    const token = await provider.token({
      roles: ['admin'],
      realm_access: { roles: ['viewer'] },
      'https://stele.example/name': 'grace',
    });
    const recognize = given({
      rolesClaim: 'realm_access.roles',
      actorClaim: 'https://stele.example/name',
    });
    expect(await recognize(token)).toMatchObject({ actor: 'grace', roles: ['viewer'] });
  });

  it('gives no role that there is not, and this is said', async () => {
    const token = await provider.token({ roles: ['root', 'viewer', '__proto__', 'constructor'] });
    expect(await given()(token)).toMatchObject({ roles: ['viewer'] });
    expect(warned).toContainEqual(expect.objectContaining({ role: 'root' }));
  });

  it('gives no team that stands for all of them', async () => {
    const token = await provider.token({ teams: ['*', ' * ', 'payments'] });
    expect(await given()(token)).toMatchObject({ teams: ['payments'] });
  });

  it('asks the issuer for its keys once, not for every request', async () => {
    const recognize = given();
    const before = provider.state.asked;
    for (let n = 0; n < 20; n++) await recognize(await provider.token());
    expect(provider.state.asked - before).toBe(1);
  });

  it('that is over does not count, and is no guess if it is signed and meant for us', async () => {
    const noGuess = { ...refused(/expired/), details: { over: true } };
    expect(await given()(await provider.token({}, { expires: '-1m' }))).toEqual(noGuess);
    const later = given({}, () => Date.now() + 10 * 60_000);
    expect(await later(await provider.token())).toEqual(noGuess);
    expect(await later(await provider.forged())).toEqual(refused(/not signed by a key/));
    expect(await later(await provider.token({}, { audience: 'other' }))).toEqual(
      refused(/audience/),
    );
  });

  it.each([
    ['of a foreign issuer', () => provider.token({}, { issuer: 'https://evil.example' }), /issuer/],
    ['for another audience', () => provider.token({}, { audience: 'other' }), /audience/],
    ['signed by somebody else', () => provider.forged(), /not signed by a key/],
    ['signed with the public key as a secret', () => provider.confused(), /asymmetric/],
    ['without an end', () => provider.token({}, { expires: null }), /claim "exp"/],
    ['that names nobody', () => provider.token({ sub: '' }), /does not say who/],
    ['that is none', async () => 'let-me-in', /no signed token/],
  ])('%s does not count', async (_, token, message) => {
    expect(await given()(await token())).toEqual(refused(message));
  });

  it('that is not signed at all does not count', async () => {
    const token = new UnsecuredJWT({ sub: 'ada', roles: ['admin'] })
      .setIssuer(provider.issuer)
      .setAudience('stele')
      .setExpirationTime('5m')
      .encode();
    expect(await given()(token)).toEqual(refused(/asymmetric|no signed token/));
  });

  it('that was altered does not count', async () => {
    const [head, body, signature] = (await provider.token({ roles: ['viewer'] })).split('.');
    const claims = JSON.parse(Buffer.from(body!, 'base64url').toString()) as object;
    const altered = Buffer.from(JSON.stringify({ ...claims, roles: ['admin'] }));
    const token = `${head}.${altered.toString('base64url')}.${signature}`;
    expect(await given()(token)).toEqual(refused(/not signed by a key/));
  });

  it('cannot be checked while the keys of its issuer cannot be had', async () => {
    let now = 0;
    const recognize = given({}, Date.now, () => now);
    const [token, old] = [await provider.token(), await provider.token({}, { expires: '-1m' })];
    provider.state.up = false;
    const [asked, said] = [provider.state.asked, warned.length];
    for (let n = 0; n < 20; n++)
      expect(await recognize(token)).toMatchObject({ refused: 'IDENTITY_PROVIDER_UNAVAILABLE' });
    // Anybody can send tokens: neither the issuer nor the log is flooded by them.
    expect(provider.state.asked - asked).toBe(1);
    expect(warned.length - said).toBe(1);
    // What a token says of its own end needs nobody.
    expect(await recognize(old)).toEqual(refused(/expired/));
    provider.state.up = true;
    now += 1_000;
    expect(await recognize(token)).toMatchObject({ actor: 'ada' });
    const nowhere = given({ jwksUrl: 'http://127.0.0.1:9/jwks' });
    expect(await nowhere(token)).toMatchObject({ refused: 'IDENTITY_PROVIDER_UNAVAILABLE' });
  });
});
