import { z } from "zod";

const reasonSchema = z
  .string()
  .min(1)
  .max(500)
  .refine((text) => !/\p{Cc}|\p{Surrogate}/u.test(text));

const frameSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("stop"), reason: reasonSchema.default("asked for") }),
  z.strictObject({ type: z.literal("ack"), seq: z.number().int().min(0) }),
]);

/** What a reader may say: that the stream shall end, or how far it has come, which nobody has to know. */
export type ClientFrame = z.output<typeof frameSchema>;

/** @returns Nothing for what no client of ours says. */
export function readClientFrame(data: Uint8Array, isBinary: boolean): ClientFrame | undefined {
  if (isBinary) return undefined;
  try {
    return frameSchema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data)));
  } catch {
    return undefined;
  }
}
