/** Who asks. Headers carry bytes: what is not Latin-1 goes as UTF-8, which the server reads. */
export const actorHeader = (actor: string): { readonly 'x-actor': string } => ({
  'x-actor': [...new TextEncoder().encode(actor)].map((byte) => String.fromCharCode(byte)).join(''),
});
