import type { BdrState, MeetingRules } from "./bdr-nodes.js";

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

/** How meetings are looked for and proposed. */
export interface MeetingOptions {
  /** @defaultValue 30 */
  readonly durationMinutes?: number | undefined;
  /** How soon a meeting may be, in milliseconds from now. @defaultValue 86_400_000, a day */
  readonly noticeMs?: number | undefined;
  /** How far ahead is looked, in milliseconds. @defaultValue 1_209_600_000, two weeks */
  readonly horizonMs?: number | undefined;
  /** Times in one mail. @defaultValue 3 */
  readonly slotsPerProposal?: number | undefined;
  /** Mails to one lead, when times don't suit or are taken meanwhile; 1–4. @defaultValue 3 */
  readonly maxProposals?: number | undefined;
  /** How long an answer is waited for after each mail, in milliseconds. @defaultValue 604_800_000, seven days */
  readonly replyMs?: number | undefined;
  /** What the meeting is called. @defaultValue "Meeting with …" */
  readonly title?: ((state: BdrState) => string) | undefined;
}

/** @throws RangeError naming the option. */
export function checkMeetingRules(options: MeetingOptions): MeetingRules {
  const { durationMinutes = 30, noticeMs = DAY_MS, horizonMs = 14 * DAY_MS, replyMs = 7 * DAY_MS } = options;
  const { slotsPerProposal = 3, maxProposals = 3, title = meetingTitle } = options;
  check("durationMinutes", durationMinutes, durationMinutes > 0);
  check("noticeMs", noticeMs, noticeMs >= 0);
  check("horizonMs", horizonMs, horizonMs > noticeMs);
  check("replyMs", replyMs, replyMs > 0);
  check("slotsPerProposal", slotsPerProposal, Number.isInteger(slotsPerProposal) && slotsPerProposal >= 1);
  // Each takes at most four supersteps of the graph's 25.
  check(
    "maxProposals",
    maxProposals,
    Number.isInteger(maxProposals) && maxProposals >= 1 && maxProposals <= 4,
  );
  return { durationMinutes, noticeMs, horizonMs, slotsPerProposal, maxProposals, replyMs, title };
}

const meetingTitle = ({ lead }: BdrState): string => `Meeting with ${lead.company}`.slice(0, 200);

function check(option: string, value: number, makesSense: boolean): void {
  if (Number.isFinite(value) && makesSense) return;
  throw new RangeError(`createBdrAgent.${option} makes no sense: ${value}`);
}
