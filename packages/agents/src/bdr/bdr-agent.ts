import type { AgentOptions } from "@salesagent/core/agent";
import { type ApprovalDecision, type Approvals, approvalEvent, type Effects } from "@salesagent/core/effects";
import {
  type Checkpointer,
  type CompiledGraph,
  END,
  type GraphStream,
  type InputOf,
  type RunScope,
  START,
  type StartOptions,
  StateGraph,
  type StreamOptions,
} from "@salesagent/core/graph";
import { type ApprovalRecord, type JsonValue, systemClock } from "@salesagent/ports";
import { compileOptions } from "../flow/flow-options.js";
import type { Calendar } from "../ports/calendar.js";
import type { MailTransport } from "../ports/mail-transport.js";
import { exampleProfile } from "../profile/example-profile.js";
import type { IdealCustomerProfile } from "../profile/ideal-customer-profile.js";
import { QualificationAgent, type QualificationOptions } from "../qualification/qualification-agent.js";
import {
  awaitReply,
  type BdrMeans,
  type BdrState,
  type BdrUpdate,
  book,
  findSlots,
  propose,
  qualify,
  REPLY_EVENT,
} from "./bdr-nodes.js";
import { bdrState } from "./bdr-state.js";
import { BOOKING, bookingEffect, meetingSchema } from "./booking-effect.js";
import { checkMeetingRules, type MeetingOptions } from "./meeting-rules.js";
import { personRule } from "./person-rule.js";
import { PROPOSAL, proposalEffect, proposalSchema } from "./proposal-effect.js";
import { type BdrReply, bdrReplySchema } from "./read-reply.js";
import { checkZone } from "./slot-text.js";
import { ProposalWriter } from "./write-proposal.js";

/** One superstep to qualify, and four for each of four proposals. */
const RECURSION_LIMIT = 25;

/** What a run is given: the lead's facts, and whom to write to. */
export type BdrInput = InputOf<typeof bdrState>;

/** What persons are asked before it is done. */
export type AskedStep = "proposal" | "booking";

/** How meetings are won. */
export interface BdrOptions
  extends Pick<
      AgentOptions,
      | "model"
      | "storage"
      | "events"
      | "telemetry"
      | "timeouts"
      | "spendCap"
      | "budgets"
      | "clock"
      | "createId"
    >,
    MeetingOptions {
  readonly calendar: Calendar;
  readonly mail: MailTransport;
  /** The ledger that mails and meetings go through; its gates hold for both. */
  readonly effects: Effects;
  /** On the same storage as `effects`. */
  readonly approvals: Approvals;
  /** Keeps the runs, which wait for days: `durableFlows({ storage })`, or `memoryCheckpointer()` to try it. */
  readonly checkpointer: Checkpointer;
  /** Whom mail comes from: `Ada Byron <ada@example.com>` or a plain address. */
  readonly from: string;
  /** Why to meet, in a sentence or two. A model makes an opening of it; without one it is the opening. */
  readonly pitch: string;
  /** The customer that is looked for. @defaultValue `exampleProfile` */
  readonly profile?: IdealCustomerProfile | undefined;
  /** How the model's judgement counts beside the rules. @defaultValue as for `QualificationAgent` */
  readonly policy?: QualificationOptions["policy"];
  /** What a person has to allow. @defaultValue `["proposal"]` */
  readonly ask?: readonly AskedStep[] | undefined;
  /** How long a question to a person stands, in milliseconds. @defaultValue 604_800_000, seven days */
  readonly approvalMs?: number | undefined;
  /** The zone in which times are told. @defaultValue "UTC" */
  readonly zone?: string | undefined;
}

/** Wins meetings. */
export interface BdrAgent {
  /** The graph itself: `resume`, `getState`, `getHistory`, `stop`, `fork`, `toMermaid`. */
  readonly graph: CompiledGraph<BdrState, BdrUpdate, BdrInput>;
  /**
   * Begins a run, told as it happens, until it ends or waits. Give `tenant`. Nothing happens before it is read.
   *
   * @throws SalesAgentError of `graph.*` and `flow.*`; what failed in a node, such as `effect.unknown`, is the cause.
   */
  run(
    input: BdrInput,
    options: StartOptions & StreamOptions & { readonly tenant: string },
  ): GraphStream<BdrState, BdrUpdate>;
  /**
   * Gives a run the lead's answer; it goes on by itself where somebody works, else with `graph.resume`.
   *
   * @returns False when there is no such run of this tenant, or it has ended.
   * @throws TypeError for what is no answer.
   */
  reply(runId: string, reply: BdrReply, scope: RunScope & { readonly tenant: string }): Promise<boolean>;
  /**
   * Allows a mail or a meeting, once, and wakes its run.
   *
   * @param decision.by - A person whom the host has identified.
   * @param decision.editedArguments - The mail (`{ to, subject, text }`) or meeting (`{ slot, title, attendee }`) that goes out instead.
   * @throws `approval.invalid`; TypeError for edited arguments that don't fit, and then nothing is decided.
   */
  approve(
    approvalId: string,
    decision: ApprovalDecision & { readonly editedArguments?: JsonValue | undefined },
  ): Promise<ApprovalRecord>;
  /** Forbids it, and wakes its run, which ends. @throws `approval.invalid` */
  refuse(
    approvalId: string,
    decision: ApprovalDecision & { readonly reason: string },
  ): Promise<ApprovalRecord>;
}

/**
 * Makes an agent that qualifies a lead, proposes free times by mail, waits for the answer, and books the meeting. Mails and
 * meetings go through the effect ledger, so that a run which dies anywhere goes on without doing them twice.
 *
 * @throws RangeError or TypeError naming the option; `config.invalid` for a profile that is wrong.
 */
export function createBdrAgent(options: BdrOptions): BdrAgent {
  const { approvals } = options;
  const graph = bdrGraph(bdrMeans(options)).compile(compileOptions("bdr", RECURSION_LIMIT, options));
  const decide = async (
    approvalId: string,
    { tenant, signal }: ApprovalDecision,
    decision: () => Promise<ApprovalRecord>,
  ) => {
    try {
      return await decision();
    } finally {
      // Also when it was decided before: whoever did may have died before the run was woken.
      const runId = (await approvals.get(approvalId, { tenant, signal }))?.runId;
      if (runId !== undefined) await graph.deliver(runId, approvalEvent(approvalId), {}, { tenant, signal });
    }
  };
  return {
    graph,
    run: (input, start) => graph.stream(input, start),
    async reply(runId, reply, scope) {
      const checked = bdrReplySchema.safeParse(reply);
      if (!checked.success)
        throw new TypeError("reply must have an `answer` or a `text`", { cause: checked.error });
      return graph.deliver(runId, REPLY_EVENT, toData(checked.data), scope);
    },
    approve: (id, decision) =>
      decide(id, decision, async () => {
        if (decision.editedArguments !== undefined)
          checkEdit((await approvals.get(id, decision))?.tool, decision);
        return approvals.approve(id, decision);
      }),
    refuse: (id, decision) => decide(id, decision, () => approvals.refuse(id, decision)),
  };
}

/** Fields that are undefined are left out. */
const toData = (reply: BdrReply): JsonValue => JSON.parse(JSON.stringify(reply)) as JsonValue;

/** A slip is told to the person who made it, and not to the run. @throws TypeError */
function checkEdit(
  tool: string | undefined,
  { editedArguments }: { readonly editedArguments?: JsonValue | undefined },
): void {
  const schema = tool === PROPOSAL ? proposalSchema : tool === BOOKING ? meetingSchema : undefined;
  const checked = schema?.safeParse(editedArguments);
  if (checked?.success === false) {
    const paths = checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new TypeError(`decision.editedArguments: ${paths.join("; ")}`, { cause: checked.error });
  }
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

function bdrMeans(options: BdrOptions): BdrMeans {
  const { model, storage, events, telemetry, timeouts, spendCap, budgets, createId } = options;
  const { calendar, mail, effects, approvals, from, pitch, clock = systemClock } = options;
  const {
    profile = exampleProfile,
    policy,
    ask = ["proposal"],
    approvalMs = WEEK_MS,
    zone = "UTC",
  } = options;
  const agentOptions = { model, storage, events, telemetry, timeouts, spendCap, budgets, clock, createId };
  const rules = checkMeetingRules(options);
  const asked = (step: AskedStep) => personRule(ask.includes(step), approvalMs);
  const style = { sender: from.replace(/\s*<[^<>]*>$/, ""), pitch, zone: checkZone(zone) };
  return {
    ...{ effects, approvals, clock, approvalMs, agentOptions, calendar, rules, zone: style.zone },
    qualification: new QualificationAgent({ ...agentOptions, profile, policy }),
    writer: new ProposalWriter(style, agentOptions),
    sendProposal: proposalEffect(mail, from, asked("proposal")),
    bookMeeting: bookingEffect(calendar, asked("booking")),
  };
}

/** Calendars and mail servers stumble; what may have happened is the ledger's business. */
const RETRY = { retry: { retries: 3 } } as const;

function bdrGraph(means: BdrMeans) {
  const isOver = ({ outcome }: BdrState) => outcome !== undefined;
  return new StateGraph(bdrState)
    .addNode("qualify", qualify(means), RETRY)
    .addNode("calendar", findSlots(means), RETRY)
    .addNode("propose", propose(means), RETRY)
    .addNode("reply", awaitReply(means))
    .addNode("book", book(means), RETRY)
    .addEdge(START, "qualify")
    .addConditionalEdges("qualify", (state) => (isOver(state) ? "not qualified" : "qualified"), {
      qualified: "calendar",
      "not qualified": END,
    })
    .addConditionalEdges("calendar", (state) => (isOver(state) ? "none" : "free times"), {
      "free times": "propose",
      none: END,
    })
    .addConditionalEdges("propose", (state) => (isOver(state) ? "not allowed" : "sent"), {
      sent: "reply",
      "not allowed": END,
    })
    .addConditionalEdges(
      "reply",
      (state) => (isOver(state) ? "no, or no answer" : state.choice ? "accepted" : "other times"),
      { accepted: "book", "other times": "calendar", "no, or no answer": END },
    )
    .addConditionalEdges("book", (state) => (isOver(state) ? "booked, or not allowed" : "taken"), {
      "booked, or not allowed": END,
      taken: "calendar",
    });
}
