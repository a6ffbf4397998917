/**
 * Runs of fifty tasks with an effect each, in Postgres, on workers of which one is killed by SIGKILL every moment, some are frozen
 * for longer than their leases, and whose database crashes once and is restarted once. A process of its own keeps what was done to
 * the outside. At the end every run has completed as an undisturbed one does, each effect was done exactly once, and nothing is
 * left in anybody's hands. `KILLS=2000` is the whole of it, `SEED` repeats the choices.
 *
 * LangGraph with its checkpoints in Postgres does the same tasks beside it, where it is installed in a folder that
 * `BENCH_LANGGRAPH` names; `PEER_KILLS` of its workers are killed. Only what ours do decides about success.
 *
 * No effect of ours is asked for twice, but for one case that no ledger can rule out: a process that is frozen between its last
 * look at its lease and the first byte to the outside asks when it wakes. Those are counted apart; the outside's own protection
 * refuses them. By a worker that was never frozen it is a violation.
 */
import { howToInstall, peerFolder, peerVersions } from "../workspace/peers.mjs";
import { printChecks } from "./_checks.mjs";
import { onPostgres } from "./_database.mjs";
import { toChecks } from "./_graph-checks.mjs";
import { runLangGraph } from "./_langgraph.mjs";
import { runOurs } from "./_ours.mjs";

const KILLS = Number(process.env["KILLS"] ?? 150);
const PEER_KILLS = Number(process.env["PEER_KILLS"] ?? Math.min(KILLS, 50));
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const asJson = process.argv.includes("--json");

/** @param {number} wanted */
const tellKills = (wanted) => (/** @type {number} */ kills) => {
  if (kills % 50 === 0) process.stderr.write(`${kills} of ${wanted} kills\n`);
};

process.stderr.write(`seed ${seed}\n`);
process.exitCode = await onPostgres(async (url, server) => {
  const means = { url, server, seed };
  const ours = await runOurs({ ...means, kills: KILLS, onKills: tellKills(KILLS) });
  const folder = peerFolder("langgraph");
  if (folder === undefined) process.stderr.write(`${howToInstall("langgraph")}\n`);
  const peer =
    folder === undefined
      ? undefined
      : await runLangGraph(folder, { ...means, kills: PEER_KILLS, onKills: tellKills(PEER_KILLS) });
  const versions = folder === undefined ? "not installed" : peerVersions("langgraph", folder);
  return printChecks({
    title: "Fifty-step runs under kill -9",
    facts: { seed, ...(await server.versions()), LangGraph: versions },
    columns: ["ours", "LangGraph + Postgres"],
    checks: toChecks({ ours, peer, kills: KILLS, peerKills: PEER_KILLS }),
    violations: ours.violations,
    asJson,
  });
});
