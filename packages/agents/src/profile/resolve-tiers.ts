import type { IdealCustomerProfile, TierBand } from "./ideal-customer-profile.js";

/** Tiers of a profile that names none. */
const DEFAULT_TIERS: readonly TierBand[] = Object.freeze([
  Object.freeze({ name: "A", min: 75 }),
  Object.freeze({ name: "B", min: 50 }),
  Object.freeze({ name: "C", min: 25 }),
  Object.freeze({ name: "D", min: 0 }),
]);

/** Share of its points that an unknown criterion counts for, unless the profile says otherwise. */
export const DEFAULT_PRIOR = 0.4;

/** Confidence below which evidence is called thin, unless the profile says otherwise. */
export const DEFAULT_MIN_CONFIDENCE = 0.5;

/** The score from which a lead qualifies by default, if a tier starts there. */
const USUAL_QUALIFYING_SCORE = 50;

/** The tiers of a profile, with what follows from them. */
export interface Tiers {
  /** Best first. */
  readonly bands: readonly TierBand[];
  /** The lowest score that qualifies. */
  readonly qualifyingScore: number;
  /** The highest score below the top tier. */
  readonly belowTop: number;
  /** The highest score of the lowest tier. */
  readonly topOfLowest: number;
}

/** Fills in the default tiers and works out the scores at which decisions turn. */
export function resolveTiers(profile: Pick<IdealCustomerProfile, "tiers" | "qualifyFrom">): Tiers {
  const bands = profile.tiers ?? DEFAULT_TIERS;
  const top = bands[0]?.min ?? 0;
  const named = bands.find(({ name }) => name === profile.qualifyFrom);
  const usual = bands.findLast(({ min }) => min >= USUAL_QUALIFYING_SCORE);
  return {
    bands,
    qualifyingScore: (named ?? usual)?.min ?? top,
    belowTop: Math.max(0, top - 1),
    topOfLowest: Math.max(0, (bands.at(-2)?.min ?? 0) - 1),
  };
}

/** The tier that a score from 0 to 100 falls in. */
export function tierOf(score: number, bands: readonly TierBand[]): string {
  for (const band of bands) if (score >= band.min) return band.name;
  return bands.at(-1)?.name ?? "";
}
