/** What became of runs and of their effects: what ran is held against the memory of the outside. */
import { TASKS, variantOf } from "./_tasks.mjs";

/**
 * @typedef {{ log: string[], drafts: Record<string, string> }} Output
 * @typedef {import("./_recorder-process.mjs").Log} Log
 *
 * @typedef {object} Verdict Each by name.
 * @property {string[]} unended Runs.
 * @property {string[]} different Runs that ended otherwise than an undisturbed one of the same input.
 * @property {string[]} incomplete Runs that ended without all of their tasks.
 * @property {string[]} lost Effects that a run believes in, and the outside never saw.
 * @property {string[]} strange Effects that belong to no run.
 * @property {string[]} doubled Effects that the outside was asked for again, though it had been asked.
 * @property {string[]} doubledByFrozen The same, by a process that stood still for longer than its lease in between.
 * @property {string[]} redrawn Steps that were done again though their outcome had gone out.
 */

/**
 * @param {{ calm: readonly string[], runIds: readonly string[], outputs: ReadonlyMap<string, Output>, log: Log,
 *   everFrozen: ReadonlySet<string> }} ended
 * @returns {Verdict}
 */
export function judge({ calm, runIds, outputs, log, everFrozen }) {
  const all = [...calm, ...runIds];
  const expectedLogs = new Map(calm.map((id) => [variantOf(id), JSON.stringify(outputs.get(id)?.log)]));
  const ended = all.filter((id) => outputs.has(id));
  const drafts = new Map(log.done.map(({ effect, draft }) => [effect, draft]));
  const wanted = ended.flatMap((id) =>
    Object.entries(outputs.get(id)?.drafts ?? {}).map(([task, draft]) => ({
      effect: `${id}:${task}`,
      draft,
    })),
  );
  const known = new Set(wanted.map(({ effect }) => effect));
  /** @param {boolean} frozen */
  const repeatedBy = (frozen) =>
    log.repeated.flatMap(({ effect, worker }) => (everFrozen.has(worker) === frozen ? [effect] : []));
  return {
    unended: all.filter((id) => !outputs.has(id)),
    different: ended.filter((id) => JSON.stringify(outputs.get(id)?.log) !== expectedLogs.get(variantOf(id))),
    incomplete: ended.filter((id) => Object.keys(outputs.get(id)?.drafts ?? {}).length !== TASKS),
    lost: wanted.flatMap(({ effect }) => (drafts.has(effect) ? [] : [effect])),
    strange: log.done.flatMap(({ effect }) =>
      known.has(effect) || !outputs.has(effect.slice(0, effect.indexOf(":"))) ? [] : [effect],
    ),
    doubled: repeatedBy(false),
    doubledByFrozen: repeatedBy(true),
    redrawn: wanted.flatMap(({ effect, draft }) =>
      drafts.has(effect) && drafts.get(effect) !== draft ? [effect] : [],
    ),
  };
}

const MOST_NAMED = 5;

/**
 * @param {string} violation
 * @param {readonly string[]} names Of what violates it.
 * @returns {string[]}
 */
export function violated(violation, names) {
  if (names.length === 0) return [];
  const more = names.length > MOST_NAMED ? ", …" : "";
  return [`${names.length} ${violation}: ${names.slice(0, MOST_NAMED).join(", ")}${more}`];
}
