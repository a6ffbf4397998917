import type { RunOutcome } from "@salesagent/core/graph";
import type { JsonObject } from "@salesagent/ports";
import type { AgentEntry, GraphAgent, PlainAgent } from "../agents/agent-entry.js";
import type { Io } from "../io.js";
import { askPerson } from "../session/ask-person.js";
import { openWork, type StoreSession, type WorkSession } from "../session/open-session.js";
import { settleRun } from "../session/settle-run.js";
import { TypedLines } from "../session/typed-lines.js";
import type { World } from "../world/world.js";
import { CostMeter } from "./cost-meter.js";
import { endOfGraph, followAgent, type RunEnd } from "./run-end.js";
import { RunFollower } from "./run-follower.js";
import type { FollowOptions, SetupChoice } from "./run-options.js";

/** A run that this process takes part in. */
export interface DrivenRun {
  readonly entry: AgentEntry;
  readonly runId: string;
  readonly store: StoreSession;
  readonly world: World;
  readonly options: FollowOptions & SetupChoice;
  readonly io: Io;
}

/** Begins a run, or goes on with one. */
export type BeginRun = (agent: GraphAgent) => Promise<RunOutcome<unknown>>;

/**
 * Works in this process until the run rests, tells what happens, and puts what it waits for to the person at the terminal where
 * nobody else could answer.
 *
 * @returns The exit code.
 */
export async function driveGraph(run: DrivenRun, begin: BeginRun): Promise<number> {
  const { entry, runId, store, world, options, io } = run;
  const session: { follower?: RunFollower } = {};
  await using work = openWork(store, world, options, {
    onEvent: (event, claim) => session.follower?.onEvent(event, claim),
    onError: (error) => void io.stderr.write(`The store failed a worker: ${String(error)}\n`),
  });
  using meter = new CostMeter(work.events);
  const agent = graphOf(work, entry);
  // Before anything is waited for: a run that was answered goes on only where somebody works.
  work.flows.work();
  const follower = new RunFollower({ entry, runId, world, store, meter, options, io });
  session.follower = follower;
  using person = personOf(run);
  try {
    let end = await endOfGraph(begin(agent), io.signal);
    while (end.status === "waiting" && person && (await ask(run, agent, end, person, follower))) {
      end = await endOfGraph(settleRun(store, agent.graph, runId, io.signal), io.signal);
    }
    return await follower.finish(end);
  } catch (error) {
    if (!io.signal.aborted) throw error;
    return follower.interrupted();
  }
}

/** The same for an agent that works in one go. @returns The exit code. */
export async function driveAgent(
  { entry, store, world, options, io }: DrivenRun,
  input: JsonObject,
  call: Parameters<PlainAgent["run"]>[1],
): Promise<number> {
  await using work = openWork(store, world, options);
  using meter = new CostMeter(work.events);
  const agent = work.openAgent(entry);
  if (!agent) throw new TypeError(`${entry.name} is a graph`);
  const plain = agent.run(input, call);
  const follower = new RunFollower({ entry, runId: plain.id, world, store, meter, options, io });
  try {
    return await follower.finish(await followAgent(plain, (event) => follower.agentEvent(event), io.signal));
  } catch (error) {
    if (!io.signal.aborted) throw error;
    return follower.interrupted();
  }
}

/** Who answers in place: the person at a terminal whose run nobody else can see, or `--yes`. */
interface Answering extends Disposable {
  readonly lines: TypedLines | undefined;
}

function personOf({ store, options, io }: DrivenRun): Answering | undefined {
  if (options.yes) return { lines: undefined, [Symbol.dispose]: () => {} };
  const { stdin, stdout } = io;
  if (options.json || store.durable || !stdin?.isTTY || !stdout.isTTY) return undefined;
  const lines = new TypedLines(stdin);
  return { lines, [Symbol.dispose]: () => lines[Symbol.dispose]() };
}

function ask(
  { entry, runId, store, options, io }: DrivenRun,
  agent: GraphAgent,
  { state, on }: RunEnd & { readonly status: "waiting" },
  { lines }: Answering,
  follower: RunFollower,
): Promise<boolean> {
  follower.clear();
  // What is asked is no part of what the run tells a program.
  const output = options.json ? io.stderr : io.stdout;
  const asked = { by: options.by, output, lines, signal: io.signal };
  return askPerson(store, agent, { runId, state, on, entry }, asked);
}

/** @throws TypeError for an agent that is none. */
function graphOf(work: WorkSession, entry: AgentEntry): GraphAgent {
  const agent = work.openGraph(entry);
  if (agent) return agent;
  throw new TypeError(`${entry.name} is no graph`);
}
