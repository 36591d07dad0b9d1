import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importing } from '../test/support/imports-in-memory.js';
import { models } from './index.js';

type Json = Readonly<Record<string, unknown>>;

const bytes = (text: string) => new TextEncoder().encode(text);
const element = (type: string, id: string, name: string): string =>
  `<element xsi:type="archimate:${type}" id="${id}" name="${name}"/>`;
const link = (type: string, id: string, [from, to]: readonly [string, string], name = ''): string =>
  `<element xsi:type="archimate:${type}Relationship" id="${id}" source="${from}" target="${to}" name="${name}"/>`;
const model = (id: string, ...elements: readonly string[]): string =>
  `<archimate:model xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:archimate="http://www.archimatetool.com/archimate" name="${id}" id="${id}" version="5.0.0"><folder name="F" id="f-${id}" type="application">${elements.join('\n')}</folder></archimate:model>`;

describe('what a model says', () => {
  let world: Awaited<ReturnType<typeof importing>>;
  beforeAll(async () => {
    world = await importing(models);
    await approved();
  });
  afterAll(() => world.close());

  const bring = async (text: string, { dryRun = false } = {}): Promise<Json> => {
    const begun = await world.imports.begin({
      format: 'archimate',
      dryRun,
      files: [{ path: 'm.archimate', bytes: bytes(text) }],
    });
    if ('refused' in begun) throw new Error(begun.message);
    return world.ended(`/imports/${begun.correlation_id}`);
  };
  const items = async (path: string): Promise<readonly Json[]> => {
    await world.caughtUp();
    const { json } = await world.ask(path);
    return json.items as readonly Json[];
  };
  const reportOf = async ({ correlation_id }: Json): Promise<string> =>
    (await world.ask(`/imports/${String(correlation_id)}/report`)).text;

  const revert = async ({ import_id }: Json, approval_id: string): Promise<Json> => {
    const begun = await world.imports.revert(String(import_id), { approval_id });
    if ('refused' in begun) throw new Error(begun.message);
    return world.ended(`/imports/${begun.correlation_id}`);
  };
  /** Two requests to delete any application: `ok` is approved, `pending` is not. */
  const approved = async (): Promise<void> => {
    const send = async (actor: string, id: string, command_type: string, data: Json) => {
      const of = { aggregate_type: 'ChangeApproval', aggregate_id: id, source: 'api' };
      const body = JSON.stringify({
        ...of,
        command_type,
        data,
        actor,
        actor_type: 'user',
        metadata: {},
        command_id: randomUUID(),
        correlation_id: 'ok',
        command_timestamp: '2026-01-01T00:00:00Z',
      });
      const headers = { 'content-type': 'application/json' };
      const { status, text } = await world.ask('/commands', { method: 'POST', headers, body });
      if (status >= 300) throw new Error(text);
    };
    const covers = [
      { command_type: 'DeleteApplication', aggregate_type: 'Application', aggregate_id: null },
    ];
    for (const id of ['ok', 'pending'])
      await send('ann', id, 'RequestApproval', { title: 'T', reason: 'R', covers });
    await send('bob', 'ok', 'ApproveChange', { comment: 'yes' });
  };

  it('is what an import did, whatever others write under its id', async () => {
    const text = model('own', element('ApplicationComponent', 'o', 'Ownable'));
    const { import_id } = await bring(text, { dryRun: true });
    const forge = async (correlation_id: string, command: string, data: Json): Promise<void> => {
      const headers = { 'content-type': 'application/json', 'x-correlation-id': correlation_id };
      const { status, text: said } = await world.ask(`/applications/forged/commands/${command}`, {
        method: 'POST',
        headers: { ...headers, 'x-actor': 'eve' },
        body: JSON.stringify(data),
      });
      if (status >= 300) throw new Error(said);
    };
    const born = { name: 'Forged', owner: 'eve', data_classification: 'internal' };
    await forge(String(import_id), 'create-application', born);
    await forge(`revert-${import_id}`, 'add-tags', { tags: ['x'] });
    const unknown = await world.imports.revert(String(import_id), { dryRun: true });
    expect(unknown).toMatchObject({ refused: 'NOT_FOUND' });
    expect(await bring(text)).toMatchObject({ import_id, sent: { accepted: 1 } });
    const known = await items('/imports');
    expect(known.find((one) => one.import_id === import_id)).toMatchObject({ actor: 'import' });
    const back = await revert({ import_id }, 'ok');
    expect(back).toMatchObject({ state: 'finished', sent: { accepted: 1 } });
    expect(await items('/applications?name=Forged')).toHaveLength(1);
  });

  it('is one truth in every view: who supports a capability, who consumes a service', async () => {
    const done = await bring(
      model(
        'views',
        element('Capability', 'c1', 'Billing'),
        element('Capability', 'c2', 'Dunning'),
        element('ApplicationComponent', 'a', 'Invoicer'),
        element('ApplicationComponent', 'b', 'Portal'),
        element('ApplicationService', 's', 'Invoices'),
        link('Realization', 'r1', ['a', 'c1']),
        link('Realization', 'r2', ['a', 's']),
        link('Realization', 'r3', ['s', 'c2']),
        link('Serving', 'r4', ['s', 'b']),
      ),
    );
    expect(done).toMatchObject({ state: 'finished', refusals: {} });
    const map = await items('/business-capabilities?sort=name');
    expect(map).toMatchObject([
      { name: 'Billing', application_count: 1, applications: [{ name: 'Invoicer' }] },
      { name: 'Dunning', application_count: 1, applications: [{ name: 'Invoicer' }] },
    ]);
    const { json } = await world.ask('/views/capability-map/tree');
    expect(json.answer).toMatchObject({ capabilities: 2, gaps: 0 });
    expect(await items('/services')).toMatchObject([
      { name: 'Invoices', consumer_count: 1, consumers: [{ name: 'Portal' }] },
    ]);
    expect(await items('/business-capabilities?supporter_count=0')).toEqual([]);
  });

  it('keeps both of two flows between the same ends, as one relation with both names', async () => {
    const done = await bring(
      model(
        'flows',
        element('ApplicationComponent', 'x', 'Case system'),
        element('ApplicationComponent', 'y', 'Archive system'),
        link('Flow', 'r1', ['x', 'y'], 'closed cases'),
        link('Flow', 'r2', ['x', 'y'], 'documents'),
        link('Flow', 'r3', ['x', 'y'], 'documents'),
      ),
    );
    expect(done).toMatchObject({
      refusals: {},
      notes: { 'joined-relation': 1, 'duplicate-relation': 1 },
    });
    const { items } = (await world.ask('/relations?relation_type=communicates_with')).json;
    expect(items).toMatchObject([{ label: 'closed cases; documents' }]);
    expect(await reportOf(done)).toContain('is joined with that of m.archimate:');
  });

  it('keeps what has the name of something else in the landscape, with a number', async () => {
    await bring(model('one', element('ApplicationComponent', 'o', 'Payroll')));
    const two = model(
      'two',
      element('ApplicationComponent', 't1', 'Payroll'),
      element('ApplicationService', 't2', 'Pay slips'),
      element('ApplicationComponent', 't3', 'Self service'),
      link('Realization', 'r1', ['t1', 't2']),
      link('Serving', 'r2', ['t2', 't3']),
    );
    const dry = await bring(two, { dryRun: true });
    const done = await bring(two);
    expect(done).toMatchObject({
      total: dry.total,
      refusals: {},
      notes: { 'duplicate-name': 1 },
      commands: { CreateApplication: 2, OfferService: 1, CreateRelation: 1 },
    });
    expect(await items('/applications?search=payroll&sort=name')).toMatchObject([
      { name: 'Payroll' },
      { name: 'Payroll (2)' },
    ]);
    expect(await bring(two)).toMatchObject({ total: 0 });
  });

  it('keeps the text of a flow whose other one says nothing, and says what is cut', async () => {
    const long = 'x'.repeat(200);
    const done = await bring(
      model(
        'texts',
        ...['k', 'l', 'm'].map((id) => element('ApplicationComponent', id, `Texts ${id}`)),
        link('Flow', 'r1', ['k', 'l']),
        link('Flow', 'r2', ['k', 'l'], 'orders'),
        link('Flow', 'r3', ['k', 'm'], `1 ${long}`),
        link('Flow', 'r4', ['k', 'm'], `2 ${long}`),
      ),
    );
    expect(done).toMatchObject({
      refusals: {},
      notes: { 'joined-relation': 2, shortened: 1 },
    });
    const labels = (await items('/relations?relation_type=communicates_with')).map(
      ({ label }) => label as string,
    );
    expect(labels).toContain('orders');
    expect(labels).toContain(`1 ${long}; 2 ${long}`.slice(0, 255));
    expect(await reportOf(done)).toContain('have 406 characters together; the first 255');
  });

  it('has a name that a part gives to another of the same model', async () => {
    const offering = (...names: readonly string[]) =>
      model(
        'parts',
        element('ApplicationComponent', 'p', 'Post office'),
        ...names.flatMap((name, n) => [
          element('ApplicationService', `p${n}`, name),
          link('Realization', `r${n}`, ['p', `p${n}`]),
        ]),
      );
    await bring(offering('Scanning'));
    const text = offering('Printing', 'Scanning');
    const dry = await bring(text, { dryRun: true });
    expect(await bring(text)).toMatchObject({ total: dry.total, refusals: {} });
    const services = async () =>
      (await items('/services?application_name=Post%20office&sort=name')).map(({ name, id }) => ({
        name,
        id,
      }));
    const [printing, scanning] = await services();
    expect([printing?.name, scanning?.name]).toEqual(['Printing', 'Scanning']);
    // Whose names are swapped keep who they are.
    expect(await bring(offering('Scanning', 'Printing'))).toMatchObject({ refusals: {} });
    expect(await services()).toEqual([
      { name: 'Printing', id: scanning?.id },
      { name: 'Scanning', id: printing?.id },
    ]);
  });

  it('has a name that a person gave to another of the same model with a number', async () => {
    await bring(model('people', element('ApplicationComponent', 'q1', 'Old archive')));
    const [{ id }] = (await items('/applications?name=Old%20archive')) as [{ id: string }];
    const renamed = await world.ask(`/applications/${id}/commands/rename-application`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-actor': 'ann' },
      body: JSON.stringify({ name: 'New archive', reason: 'it is new' }),
    });
    expect(renamed.status).toBe(200);
    const done = await bring(
      model(
        'people',
        element('ApplicationComponent', 'q1', 'Old archive'),
        element('ApplicationComponent', 'q2', 'New archive'),
        element('ApplicationService', 'q3', 'Search of archives'),
        link('Realization', 'r1', ['q2', 'q3']),
      ),
    );
    expect(done).toMatchObject({ refusals: {}, notes: { kept: 1, 'duplicate-name': 1 } });
    expect(await items('/services?name=Search%20of%20archives')).toMatchObject([
      { application_name: 'New archive (2)' },
    ]);
  });

  it('moves a part to another application, where it is another part', async () => {
    const owned = (owner: string) =>
      model(
        'moving',
        element('ApplicationComponent', 'w1', 'Front desk'),
        element('ApplicationComponent', 'w2', 'Back office'),
        element('ApplicationComponent', 'w3', 'Kiosk'),
        element('ApplicationService', 'w4', 'Appointments'),
        link('Realization', 'r1', [owner, 'w4']),
        link('Serving', 'r2', ['w4', 'w3']),
      );
    await bring(owned('w1'));
    const text = owned('w2');
    expect(await bring(text)).toMatchObject({
      refusals: {},
      commands: { OfferService: 1, CreateRelation: 1 },
    });
    expect(await items('/services?name=Appointments&sort=application_name')).toMatchObject([
      { application_name: 'Back office' },
      { application_name: 'Front desk' },
    ]);
    expect(await bring(text)).toMatchObject({ total: 0 });
    expect(await bring(owned('w1'))).toMatchObject({ refusals: {}, total: 0 });
  });

  it('comes back with all of its parts after it was taken back', async () => {
    const text = model(
      'back',
      element('ApplicationComponent', 'v1', 'Ledger'),
      element('ApplicationService', 'v2', 'Postings'),
      link('Realization', 'r1', ['v1', 'v2']),
    );
    const done = await bring(text);
    expect(await revert(done, 'ok')).toMatchObject({ state: 'finished', refusals: {} });
    expect(await bring(text)).toMatchObject({ refusals: {}, sent: { accepted: 2 } });
    expect(await items('/services?name=Postings')).toMatchObject([{ application_name: 'Ledger' }]);
    expect(await bring(text)).toMatchObject({ total: 0 });
  });

  it('is not taken back half way: an approval that does not allow all of it stops it', async () => {
    const done = await bring(
      model(
        'half',
        element('ApplicationComponent', 'h1', 'Billing run'),
        element('ApplicationComponent', 'h2', 'Print room'),
        link('Flow', 'r1', ['h1', 'h2']),
      ),
    );
    const none = { accepted: 0, replayed: 0, refused: 0, left_out: 0 };
    for (const approval of ['nobody-knows-it', 'pending'])
      expect(await revert(done, approval)).toMatchObject({
        state: 'failed',
        code: 'APPROVAL_REQUIRED',
        sent: none,
        reason: expect.stringContaining('Nothing was sent'),
      });
    expect(await items('/applications?search=room')).toMatchObject([{ name: 'Print room' }]);
  });

  it('is cut at whole characters, and one odd element never stops the rest', async () => {
    const odd = `${'é'.repeat(254)}😀`;
    const done = await bring(
      model(
        'cut',
        element('ApplicationComponent', 'e1', odd),
        element('ApplicationComponent', 'e2', odd),
        `<element xsi:type="archimate:ApplicationComponent" id="e3" name="Long"><documentation>${'d'.repeat(1999)}😀</documentation></element>`,
      ),
    );
    expect(done).toMatchObject({
      state: 'finished',
      refusals: {},
      notes: { shortened: 1 },
      commands: { CreateApplication: 3, UpdateDescription: 1 },
    });
  });
});
