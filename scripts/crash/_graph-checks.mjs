/** The lines of the table of `graph.mjs`. */

import { WORKERS } from "./_ours.mjs";

const TAKEOVER_TARGET_MS = 2_000;
/** Of fewer the median says little. */
const LEAST_TAKEOVERS = 20;
/** Errors that a worker may tell of an outage of the database, and of each second of it: it asks again, and waits in between. */
const MOST_ERRORS = 10;
const ABSENT = "–";

/** @typedef {import("./_checks.mjs").Check} Check */
/** @typedef {{ ours: import("./_ours.mjs").Ours, peer: import("./_langgraph.mjs").LangGraph | undefined, kills: number, peerKills: number }} Outcome */

/**
 * @param {Outcome} outcome
 * @returns {Check[]}
 */
export function toChecks(outcome) {
  return [
    ...whatWasDone(outcome),
    ...whatBecameOfRuns(outcome),
    ...whatBecameOfEffects(outcome),
    ...whatOnlyOursTell(outcome),
  ];
}

/** @param {Outcome} outcome @returns {Check[]} */
function whatWasDone({ ours, peer, kills, peerKills }) {
  const away = (/** @type {readonly number[]} */ times) => times.map(Math.round).join(" and ") || "not done";
  return [
    { name: "workers killed (kill -9)", figures: [kills, peer ? peerKills : "not installed"] },
    {
      name: "workers frozen for two leases, then woken",
      figures: [ours.disturbed.freezes, peer?.disturbed.freezes ?? ABSENT],
    },
    {
      name: "database crashed and restarted, ms away",
      figures: [away(ours.disturbed.awayMs), peer ? away(peer.disturbed.awayMs) : ABSENT],
    },
    {
      name: "workers that ended by themselves",
      figures: [ours.deaths, peer?.deaths ?? ABSENT],
      target: "0",
      held: ours.deaths === 0,
    },
    { name: "runs begun", figures: [ours.disturbed.runIds.length, peer?.disturbed.runIds.length ?? ABSENT] },
    { name: "effects done", figures: [ours.log.done.length, peer?.log.done.length ?? ABSENT] },
    {
      name: "seconds",
      figures: [Math.round(ours.disturbed.ms / 1_000), peer ? Math.round(peer.disturbed.ms / 1_000) : ABSENT],
    },
  ];
}

/** @param {Outcome} outcome @returns {Check[]} */
function whatBecameOfRuns({ ours, peer }) {
  return [
    none("runs that did not end", ours.verdict.unended, peer?.verdict.unended),
    none("runs that ended otherwise than undisturbed", ours.verdict.different, peer?.verdict.different),
    {
      name: "times a run stood until the host called it",
      figures: ["never called", peer?.calls ?? ABSENT],
    },
    {
      name: "runs of the last killed worker that stood for 5 s",
      figures: [
        `${ours.disturbed.standing} of ${ours.disturbed.ofLastKill}`,
        peer ? `${peer.disturbed.standing} of ${peer.disturbed.ofLastKill}` : ABSENT,
      ],
      target: "0",
      held: ours.disturbed.standing === 0,
    },
  ];
}

/** @param {Outcome} outcome @returns {Check[]} */
function whatBecameOfEffects({ ours, peer }) {
  return [
    none("duplicate effects: asked of the outside again", ours.verdict.doubled, peer?.verdict.doubled),
    {
      name: "– by a worker that was frozen; the outside refuses",
      figures: [ours.verdict.doubledByFrozen.length, ABSENT],
    },
    none("lost effects", ours.verdict.lost, peer?.verdict.lost),
    none("effects that belong to no run", ours.verdict.strange, peer?.verdict.strange),
    none("steps done again after their outcome went out", ours.verdict.redrawn, peer?.verdict.redrawn),
  ];
}

/** @param {Outcome} outcome @returns {Check[]} */
function whatOnlyOursTell({ ours }) {
  const { takeovers, told, left, log, disturbed } = ours;
  const times = [0.5, 0.95, 1].map((share) => Math.round(takeovers.quantileMs(share)));
  const { lookedUpDone, lookedUpNotDone, lookedUpUnknown } = log.counts;
  const awaySeconds = disturbed.awayMs.reduce((sum, ms) => sum + ms / 1_000, 0);
  const mostErrors = Math.ceil(MOST_ERRORS * WORKERS * (disturbed.awayMs.length + awaySeconds));
  return [
    none("effects of unknown outcome that are left", left.unsettled, undefined),
    {
      name: "looked up: done, not done, could not tell yet; by a person",
      figures: [`${lookedUpDone}, ${lookedUpNotDone}, ${lookedUpUnknown}; ${ours.settledByHand}`, ABSENT],
    },
    {
      name: "takeover, ms: median (95th, longest; of how many)",
      figures: [`${times[0]} (${times[1]}, ${times[2]}; ${takeovers.count})`, "by the host"],
      target: `median < ${TAKEOVER_TARGET_MS}`,
      held: takeovers.count < LEAST_TAKEOVERS || Number(times[0]) < TAKEOVER_TARGET_MS,
    },
    {
      name: "writes of woken workers that the fence refused",
      figures: [told.fenced, ABSENT],
      target: "≥ 1",
      held: told.fenced > 0,
    },
    {
      name: "failures of the database that workers told of",
      figures: [told.errors, ABSENT],
      target: `≤ ${mostErrors}`,
      held: told.errors <= mostErrors,
    },
  ];
}

/**
 * @param {string} name
 * @param {readonly string[]} ours
 * @param {readonly string[] | undefined} peers
 * @returns {Check}
 */
function none(name, ours, peers) {
  return { name, figures: [ours.length, peers?.length ?? ABSENT], target: "0", held: ours.length === 0 };
}
