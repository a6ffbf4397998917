import type { IdealCustomerProfile } from "@salesagent/agents";
import type { RunSummary, SpendCap } from "@salesagent/core";
import type { ApprovalDecision, Approvals, Effects } from "@salesagent/core/effects";
import type { Checkpointer, DurableFlows, GraphEvent, GraphRuns, WaitFor } from "@salesagent/core/graph";
import type {
  ApprovalRecord,
  CallOptions,
  Clock,
  EventBus,
  JsonObject,
  JsonValue,
  Storage,
} from "@salesagent/ports";
import type { World } from "../world/world.js";

/** Fields of an input that the command line has options for. */
export interface RunFields {
  readonly company: string | undefined;
  readonly domain: string | undefined;
  readonly email: string | undefined;
  readonly person: string | undefined;
  readonly goal: string | undefined;
  readonly offer: string | undefined;
  readonly channels: readonly string[] | undefined;
  readonly text: string | undefined;
}

export type RunField = keyof RunFields;

/** What agents of one process are made with. */
export interface AgentMeans {
  readonly world: World;
  readonly storage: Storage;
  /** Keeps the runs of graphs. */
  readonly checkpointer: Checkpointer;
  /** Keeps the runs of graphs that are data. */
  readonly stored: Pick<DurableFlows, "stored">;
  readonly effects: Effects;
  readonly approvals: Approvals;
  readonly events: EventBus;
  readonly spendCap: SpendCap | undefined;
  readonly clock: Clock;
  readonly profile: IdealCustomerProfile;
  /** Why to meet, in a sentence or two. */
  readonly pitch: string;
}

/** The runs of an agent that is a graph, whatever its state is; its streams are typed too closely to be among them. */
export type AnyGraph = Pick<
  GraphRuns<unknown, unknown, unknown>,
  "invoke" | "resume" | "deliver" | "getState"
>;

/** A person's leave, with what shall be done instead of what was asked. */
export type Leave = ApprovalDecision & { readonly editedArguments?: JsonValue | undefined };

/** An agent that is a graph, opened. */
export interface GraphAgent {
  readonly graph: AnyGraph;
  /** Decides in the agent's own way, which checks what a person edits, and wakes the run. @defaultValue the ledger's */
  approve?(approvalId: string, decision: Leave): Promise<ApprovalRecord>;
  /** Answers a question to a person, and wakes the run. */
  answer?(
    id: string,
    answer: { readonly tenant: string; readonly by: string; readonly text: string } & CallOptions,
  ): Promise<unknown>;
  /** Adds what the person outside wrote, and wakes the run. */
  message?(
    runId: string,
    message: { readonly text: string },
    scope: { readonly tenant: string } & CallOptions,
  ): Promise<boolean>;
}

/** One run of an agent that is none. */
export interface PlainRun extends AsyncIterable<{ readonly type: string }> {
  readonly id: string;
  result(): Promise<{ readonly output: unknown; readonly summary: Pick<RunSummary, "costUsd"> }>;
}

/** An agent that works in one go. */
export interface PlainAgent {
  run(
    input: JsonObject,
    options: {
      readonly tenant: string;
      readonly signal: AbortSignal;
      /** For agents that don't name their runs themselves. */
      readonly runId: string;
      readonly threadId?: string | undefined;
    },
  ): PlainRun;
}

/** What somebody answered to a run. */
export interface GivenAnswer {
  readonly runId: string;
  readonly wait: WaitFor;
  readonly line: string;
  readonly tenant: string;
  /** The person who answers, where it is a person's business. */
  readonly by: string;
  readonly signal: AbortSignal;
}

/** Something that a run waits for, as a person at a terminal is asked. */
export interface Question {
  readonly text: string;
  /** What stands for the answer in a command, such as `1|other|no|"words"`. */
  readonly form: string;
  /** What `--yes` answers; without one it answers nothing. */
  readonly easy: string | undefined;
  /** @throws UsageError for what is no answer. */
  give(agent: GraphAgent, answer: GivenAnswer): Promise<void>;
}

/** An agent that the command line can run. */
export interface AgentEntry {
  readonly name: string;
  readonly summary: string;
  /** The fields that it takes, those that it needs first. */
  readonly fields: readonly RunField[];
  /** Made-up input to try it with. */
  readonly example: JsonObject;
  /** @returns Nothing when the fields are not enough. */
  toInput(fields: RunFields): JsonObject | undefined;
  readonly work:
    | { readonly kind: "graph"; open(means: AgentMeans): GraphAgent }
    | {
        readonly kind: "agent";
        open(means: AgentMeans): PlainAgent;
        /** Where a run that was kept can be gone on with as a graph. */
        openGraph?(means: AgentMeans): GraphAgent;
      };
  /** What its runs come to, of the state or the output. */
  toResult(state: JsonObject): JsonObject;
  /** What an input needs to be told besides: the conversation that it belongs to. @defaultValue the input as it is */
  inThread?(input: JsonObject, threadId: string): JsonObject;
  /** Asks for what the agent's own waits wait for; nothing for approvals, and for waits that a person can't answer. */
  question?(wait: WaitFor, state: JsonObject): Question | undefined;
  /** An event as its lines tell it; nothing for one that they leave out. @defaultValue as it is */
  tells?(event: GraphEvent): GraphEvent | undefined;
}

/** Whether an agent's runs are runs of a graph, at least some of them. */
export function isGraph({ work }: AgentEntry): boolean {
  return work.kind === "graph" || work.openGraph !== undefined;
}

/** Fields that are not undefined. */
export function given(fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}

/** Some fields of a state, those that are there. */
export function pick(state: JsonObject, names: readonly string[]): JsonObject {
  return given(Object.fromEntries(names.map((name) => [name, state[name]])));
}
