import { z } from 'zod';

/** How the content of a message or an entry is shown. */
export const SHOWN_CONTENT = {
  size: z.int().min(0).meta({ description: 'Bytes, before anything was cut.' }),
  encoding: z.enum(['json', 'text', 'base64']),
  payload: z.unknown(),
  cut: z.literal(true).optional().meta({ description: 'Only the beginning is shown.' }),
};
