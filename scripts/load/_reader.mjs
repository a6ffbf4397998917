/** A reader that loses its connection now and then, and comes back to where it was. */
import { setTimeout as sleep } from "node:timers/promises";

const LONGEST_AWAY_MS = 200;

/**
 * Reads a stream to its end.
 *
 * @param {import("./_transports.mjs").Transport} transport
 * @param {string} streamId
 * @param {{ choices: ReturnType<typeof import("../workspace/random.mjs").createChoices>, leaveShare: number,
 *   onEvent?: (event: import("@salesagent/ports").StoredStreamEvent) => void }} how `leaveShare`: how often it leaves, for each event.
 */
export async function readToEnd(transport, streamId, { choices, leaveShare, onEvent }) {
  /** @type {import("@salesagent/ports").StoredStreamEvent[]} */
  const events = [];
  let returns = 0;
  for (;;) {
    const cut = new AbortController();
    let isCut = false;
    try {
      for await (const event of transport(streamId, { after: events.at(-1)?.seq ?? 0, signal: cut.signal })) {
        events.push(event);
        onEvent?.(event);
        if (!choices.chance(leaveShare)) continue;
        isCut = true;
        // Half of them leave in order, half are torn off while they wait.
        if (choices.chance(0.5)) break;
        cut.abort(new Error("torn off"));
      }
    } catch (error) {
      if (!cut.signal.aborted) throw error;
    }
    if (!isCut) return { events, returns };
    returns += 1;
    await sleep(choices.below(LONGEST_AWAY_MS));
  }
}
