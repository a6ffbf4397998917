import type { Clock, CrmCallOptions, CrmChanges, CrmKind, CrmRemoval } from "@salesagent/ports";
import { incompleteError } from "./crm-errors.js";
import { cursorState, cursorText, numberOf, stringOf } from "./cursor.js";
import type { HubspotChangesOptions } from "./hubspot-options.js";
import type { ObjectCalls } from "./object-calls.js";
import { type ObjectType, TYPES_OF_KIND, toRecordId } from "./object-types.js";
import { fieldsOf, textOf } from "./read-json.js";
import { recordsOf } from "./read-records.js";
import { windowPage } from "./search-window.js";

/** What the feed stands on. */
export interface ChangeFeedParts {
  readonly calls: ObjectCalls;
  readonly clock: Clock;
  readonly options: Required<HubspotChangesOptions>;
}

/** Up to when each part of the feed has come. All are milliseconds. */
interface Reached {
  readonly changedMs: number;
  /** By the second pass. */
  readonly heldMs: number;
  readonly removedMs: number;
}

/** A round of the feed: from what was reached to a moment that is fixed when it begins. */
interface Round {
  readonly reached: Reached;
  readonly untilMs: number;
  /** Where the next round begins; known once HubSpot has answered. */
  readonly nextMs: number | undefined;
  readonly step: string;
  /** How far the step has come: the last id of a search, or the place in a list. */
  readonly after: string | undefined;
}

/**
 * What changed, by searches in windows of time.
 *
 * Searches tell of a change late, and not in the order of their stamps: each window reaches back into the one before, and is walked
 * once more after a while. See Estuary's connector of HubSpot, pull requests 1871 and 2242.
 */
export async function* changedRecords<Kind extends CrmKind>(
  parts: ChangeFeedParts,
  kind: Kind,
  from: { readonly cursor: string } | { readonly since: string },
  call?: CrmCallOptions,
): AsyncGenerator<CrmChanges<Kind>, void, undefined> {
  let round: Round | undefined = beginRound(parts, kind, from);
  let reached = round.reached;
  while (round !== undefined) {
    const current: Round = round;
    const { changes, nextMs, after } = await takeStep(parts, kind, current, call);
    const fixed = { ...current, nextMs: current.nextMs ?? nextMs };
    if (after === undefined) reached = reachedAfter(parts, fixed);
    round = after === undefined ? nextStep(parts, kind, fixed) : { ...fixed, after };
    const cursor = round === undefined ? restingCursor(reached) : roundCursor(round);
    yield { ...changes, cursor, more: round !== undefined };
  }
}

interface StepResult<Kind extends CrmKind> {
  readonly changes: Pick<CrmChanges<Kind>, "records" | "removed">;
  readonly nextMs?: number;
  readonly after: string | undefined;
}

async function takeStep<Kind extends CrmKind>(
  parts: ChangeFeedParts,
  kind: Kind,
  round: Round,
  call?: CrmCallOptions,
): Promise<StepResult<Kind>> {
  const [pass, name] = round.step.split(":");
  const type = TYPES_OF_KIND[kind].find((one) => one === name);
  if (type === undefined) throw incompleteError(kind, "its cursor is not one of a feed");
  if (pass === "removed") return removedStep(parts, kind, type, round, call);
  const { changedMs, heldMs } = round.reached;
  const window =
    pass === "held"
      ? { fromMs: heldMs, toMs: secondPassEnd(parts, round) }
      : { fromMs: changedMs, toMs: round.untilMs };
  const page = await windowPage(parts.calls, type, window, round.after ?? "0", call);
  const records = await recordsOf(parts.calls, kind, page.objects, call);
  // By HubSpot's own clock, where it is behind ours: what it stamps from now on comes with the next round.
  const answeredMs = Math.min(round.untilMs, page.answeredMs ?? round.untilMs);
  return {
    changes: { records, removed: [] },
    nextMs: Math.max(changedMs, answeredMs - parts.options.overlapMs),
    after: page.lastId,
  };
}

async function removedStep<Kind extends CrmKind>(
  { calls, options }: ChangeFeedParts,
  kind: Kind,
  type: ObjectType,
  { reached, after }: Round,
  call?: CrmCallOptions,
): Promise<StepResult<Kind>> {
  const page = await calls.list(type, { after, archived: true }, call);
  const removed = page.objects.flatMap(({ id, raw }): CrmRemoval<Kind>[] => {
    const at = textOf(raw["archivedAt"]);
    const isOld = Date.parse(at ?? "") + 999 < reached.removedMs - options.overlapMs;
    return isOld ? [] : [{ kind, id: toRecordId(type, id), ...(at === undefined ? {} : { at }) }];
  });
  return { changes: { records: [], removed }, after: page.next };
}

/** The steps of a round, in their order. */
function stepsOf(
  parts: ChangeFeedParts,
  kind: CrmKind,
  round: Pick<Round, "reached" | "untilMs">,
): readonly string[] {
  const types = TYPES_OF_KIND[kind];
  const isHeld = isSecondPassDue(parts, round) && secondPassEnd(parts, round) >= round.reached.heldMs;
  return [
    ...types.map((type) => `changed:${type}`),
    ...(isHeld ? types.map((type) => `held:${type}`) : []),
    ...(parts.options.removals === "archived" ? types.map((type) => `removed:${type}`) : []),
  ];
}

/** What is older than this has settled. */
function settledUntil({ options }: ChangeFeedParts, untilMs: number): number {
  return options.secondPassMs === false ? Number.NEGATIVE_INFINITY : untilMs - options.secondPassMs;
}

function isSecondPassDue(
  parts: ChangeFeedParts,
  { reached, untilMs }: Pick<Round, "reached" | "untilMs">,
): boolean {
  return settledUntil(parts, untilMs) - reached.heldMs >= Math.max(1, parts.options.secondPassEveryMs);
}

/** The second pass covers what was read before it had settled; what comes after is in this round's first pass. */
function secondPassEnd(
  parts: ChangeFeedParts,
  { reached, untilMs }: Pick<Round, "reached" | "untilMs">,
): number {
  return Math.min(settledUntil(parts, untilMs), reached.changedMs);
}

function nextStep(parts: ChangeFeedParts, kind: CrmKind, round: Round): Round | undefined {
  const steps = stepsOf(parts, kind, round);
  const step = steps[steps.indexOf(round.step) + 1];
  return step === undefined ? undefined : { ...round, step, after: undefined };
}

function reachedAfter(parts: ChangeFeedParts, round: Round): Reached {
  const { reached, untilMs, nextMs = reached.changedMs } = round;
  const heldMs = isSecondPassDue(parts, round) ? settledUntil(parts, untilMs) : reached.heldMs;
  return { changedMs: nextMs, heldMs, removedMs: nextMs };
}

function beginRound(
  parts: ChangeFeedParts,
  kind: CrmKind,
  from: { readonly cursor: string } | { readonly since: string },
): Round {
  const untilMs = parts.clock.now();
  if ("since" in from) {
    const sinceMs = Date.parse(from.since);
    if (Number.isNaN(sinceMs)) throw new RangeError(`changes: since must be ISO 8601, got ${from.since}`);
    const heldMs = Math.max(sinceMs, settledUntil(parts, untilMs));
    const reached = { changedMs: sinceMs, heldMs, removedMs: sinceMs };
    return firstStep(parts, kind, { reached, untilMs });
  }
  const state = cursorState(kind, from.cursor);
  const [changedMs, heldMs, removedMs] = [numberOf(state, "c"), numberOf(state, "h"), numberOf(state, "r")];
  if (changedMs === undefined || heldMs === undefined || removedMs === undefined) {
    throw incompleteError(kind, "its cursor is not one of a feed");
  }
  const reached = { changedMs, heldMs, removedMs };
  const round = fieldsOf(state, "round");
  const [step, begunMs] = [stringOf(round, "step"), numberOf(round, "until")];
  if (step === undefined || begunMs === undefined) return firstStep(parts, kind, { reached, untilMs });
  const nextMs = numberOf(round, "next");
  return { reached, untilMs: begunMs, nextMs, step, after: stringOf(round, "after") };
}

function firstStep(parts: ChangeFeedParts, kind: CrmKind, round: Pick<Round, "reached" | "untilMs">): Round {
  const [step = ""] = stepsOf(parts, kind, round);
  return { ...round, step, nextMs: undefined, after: undefined };
}

const restingCursor = ({ changedMs, heldMs, removedMs }: Reached) =>
  cursorText({ c: changedMs, h: heldMs, r: removedMs });

function roundCursor({ reached, untilMs, nextMs, step, after }: Round): string {
  const { changedMs, heldMs, removedMs } = reached;
  return cursorText({
    c: changedMs,
    h: heldMs,
    r: removedMs,
    round: { step, until: untilMs, next: nextMs, after },
  });
}
