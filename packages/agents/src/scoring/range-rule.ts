import type { NumberRange } from "@salesagent/ports";
import { factsOfField } from "../profile/field-path.js";
import type { RangeCriterion } from "../profile/ideal-customer-profile.js";
import { toAmount, writeAmount, writeRange } from "./amount.js";
import { type ReaderOf, type Rule, unknownFinding } from "./rule.js";

/** An open range (`10,000 or more`) is read as reaching this many times its minimum. */
const OPEN_RANGE_REACH = 4;

/** Bounds with nothing left out: no minimum is -∞, no maximum is ∞. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Distance below `min` over which the share falls to 0. */
  readonly below: number;
  readonly above: number;
}

const shareAt = (amount: number, { min, max, below, above }: Bounds): number => {
  if (amount < min) return below > 0 ? Math.max(0, 1 - (min - amount) / below) : 0;
  if (amount > max) return above > 0 ? Math.max(0, 1 - (amount - max) / above) : 0;
  return 1;
};

/** Area under a straight line between two amounts; 0 where they are the wrong way round. */
const slope = (from: number, to: number, bounds: Bounds): number =>
  to > from ? ((shareAt(from, bounds) + shareAt(to, bounds)) / 2) * (to - from) : 0;

/**
 * How much of an amount lies within bounds, 0–1. A single amount counts 1 inside and falls in a straight line over the
 * falloff outside; a range counts the mean over all it may be, each amount as likely as another. Pure.
 */
function shareWithin(amount: NumberRange, bounds: Bounds): number {
  const low = amount.min;
  const high = amount.max ?? low * OPEN_RANGE_REACH;
  if (low >= bounds.min && high <= bounds.max) return 1;
  if (amount.max === undefined && low >= bounds.min && bounds.max === Number.POSITIVE_INFINITY) return 1;
  if (high <= low) return shareAt(low, bounds);
  const { min, max, below, above } = bounds;
  const inside = Math.max(0, Math.min(high, max) - Math.max(low, min));
  const under = slope(Math.max(low, min - below), Math.min(high, min), bounds);
  const over = slope(Math.max(low, max), Math.min(high, max + above), bounds);
  return Math.min(1, (inside + under + over) / (high - low));
}

function resolveBounds({ min, max, falloff }: RangeCriterion): Bounds {
  const sides = typeof falloff === "number" ? { below: falloff, above: falloff } : falloff;
  return {
    min: min ?? Number.NEGATIVE_INFINITY,
    max: max ?? Number.POSITIVE_INFINITY,
    below: sides?.below ?? 0,
    above: sides?.above ?? 0,
  };
}

function relation(amount: NumberRange, share: number, bounds: Bounds): string {
  if (share === 1) return " is within ";
  const isBelow = amount.min < bounds.min;
  const overlaps = (amount.max ?? Number.POSITIVE_INFINITY) >= bounds.min && amount.min <= bounds.max;
  if (overlaps) return " is partly within ";
  if (share > 0) return isBelow ? " is just below " : " is just above ";
  return isBelow ? " is below " : " is above ";
}

/** Makes a `range` criterion ready. */
export function createRangeRule(criterion: RangeCriterion, readerOf: ReaderOf): Rule {
  const field = readerOf(criterion.field);
  const unit = factsOfField(criterion.field).unit ?? "plain";
  const bounds = resolveBounds(criterion);
  const { min, max } = criterion;
  const wanted =
    min === undefined
      ? `at most ${writeAmount(bounds.max, unit)}`
      : max === undefined
        ? `${writeAmount(min, unit)} or more`
        : `${writeAmount(min, unit)}–${writeAmount(max, unit)}`;
  const unknown = unknownFinding(field);
  return (lead) => {
    const amount = toAmount(field.read(lead));
    if (amount === undefined) return unknown;
    const share = shareWithin(amount, bounds);
    const evidence = writeRange(amount, unit) + relation(amount, share, bounds) + wanted;
    return { knowledge: "known", share, evidence, field };
  };
}
