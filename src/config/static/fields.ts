import { z } from 'zod';
import { traits } from '../model.js';

export const SECOND = 1_000;

/** Milliseconds; text such as `30s` stops in the decoder. */
export const duration = (): z.ZodNumber => z.number().register(traits, { text: 'duration' });

export const strings = (): z.ZodArray<z.ZodString> => z.array(z.string());

export const secret = (): z.ZodString => z.string().register(traits, { secret: true });

/** An option of Traefik's that has no use here: whatever stands there is accepted, and said once (D22). */
export const foreign = (): z.ZodOptional<z.ZodUnknown> =>
  z.unknown().register(traits, { foreign: true }).optional();

/** A section that is on when it is written, even empty (LBL-9). */
export const section = <S extends z.core.$ZodLooseShape>(
  shape: S,
): z.ZodObject<S, z.core.$strict> => z.strictObject(shape).register(traits, { allowEmpty: true });
