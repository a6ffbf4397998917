import { smsLength } from "./sms-length.js";

/** Where a message goes. */
export type Channel = "email" | "linkedin" | "sms";

/** How long messages may be. */
export interface ChannelLimits {
  /** Characters. @defaultValue 60 for the subject, which phones show whole, and 1,500 for the body */
  readonly email: { readonly subjectChars: number; readonly bodyChars: number };
  /** Characters. @defaultValue 300, which a note to an invitation takes */
  readonly linkedin: { readonly bodyChars: number };
  /** Messages that the text is sent as. @defaultValue 1: 160 characters of GSM-7, 70 of anything else */
  readonly sms: { readonly segments: number };
}

const DEFAULT_LIMITS: ChannelLimits = Object.freeze({
  email: Object.freeze({ subjectChars: 60, bodyChars: 1_500 }),
  linkedin: Object.freeze({ bodyChars: 300 }),
  sms: Object.freeze({ segments: 1 }),
});

/** Limits with what stands in for those that are not given. @throws RangeError naming the limit that makes no sense. */
export function resolveLimits(given: Partial<ChannelLimits> = {}): ChannelLimits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  for (const [channel, ofChannel] of Object.entries(limits)) {
    for (const [limit, value] of Object.entries(ofChannel as Record<string, number>)) {
      if (Number.isInteger(value) && value >= 1) continue;
      throw new RangeError(`marketing.limits.${channel}.${limit} must be a whole number ≥ 1, got ${value}`);
    }
  }
  return limits;
}

/** What is too long about a body, as a model is told it; nothing where it fits. */
export function bodyProblem(channel: Channel, body: string, limits: ChannelLimits): string | undefined {
  if (channel !== "sms") {
    const { bodyChars } = limits[channel];
    const chars = [...body].length;
    return chars > bodyChars ? `has ${chars} characters; ${bodyChars} are allowed` : undefined;
  }
  const { encoding, places, segments } = smsLength(body);
  if (segments <= limits.sms.segments) return undefined;
  const hint = encoding === "ucs-2" ? "; without emoji and typographic signs more characters fit" : "";
  return `takes ${segments} text messages (${places} places in ${encoding}); ${limits.sms.segments} are allowed${hint}`;
}

/** How much room there is, as a model is told it beforehand. */
export function describeLimits(channel: Channel, limits: ChannelLimits): string {
  if (channel === "sms")
    return `at most ${limits.sms.segments} text message(s): 160 characters for one, 70 with emoji or typographic signs`;
  return `at most ${limits[channel].bodyChars} characters`;
}
