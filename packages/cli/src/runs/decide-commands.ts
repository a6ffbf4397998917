import type { ApprovalRecord } from "@salesagent/ports";
import { isGraph } from "../agents/agent-entry.js";
import { AGENTS } from "../agents/catalogue.js";
import type { Command, OptionValues } from "../command/command.js";
import { flagOption, textOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";
import { type Decision, decide } from "../session/approval-of.js";
import { toEdit } from "../session/ask-person.js";
import { BY_OPTION, readPerson } from "../session/deciding-person.js";
import { openStore, type StoreSession } from "../session/open-session.js";
import { DURABLE_OPTIONS, readDurableChoice } from "../session/store-options.js";
import { findGraphRun, theOperand } from "./find-run.js";
import { withIdleAgent } from "./look-at-run.js";

/** Questions to persons stand among approvals, and an answer is what makes one. */
const ASKS_WORDS = "escalate_to_person";
const JSON_OPTION = { json: { type: "boolean", help: "prints the approval as it stands, as JSON" } } as const;

/** `salesagent runs approve ID`: a person allows what a run asks for. */
export const approveCommand: Command = {
  name: "runs approve",
  summary: "allows what a run asks a person for, as it is or edited, and wakes the run",
  operands: "APPROVAL|RUN",
  options: {
    edit: { type: "string", value: "JSON", help: 'the fields that change, such as \'{"subject": "Hello"}\'' },
    ...BY_OPTION,
    ...DURABLE_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    "salesagent runs approve apr_BTWgYFRjt1h2nvpixTwD --by user:42",
    `salesagent runs approve f8bfd61a5f3c --edit '{"subject": "Thirty minutes?"}'`,
  ],
  run: (operands, options, io) => {
    const edit = textOption(options, "edit");
    const decision = { by: readPerson(options), edit: edit === undefined ? undefined : toEdit(edit) };
    return decideOn(operands, options, io, decision);
  },
};

/** `salesagent runs refuse ID`: a person forbids it. */
export const refuseCommand: Command = {
  name: "runs refuse",
  summary: "forbids what a run asks a person for, and wakes the run",
  operands: "APPROVAL|RUN",
  options: {
    reason: { type: "string", value: "TEXT", help: "why; the run, and its model, are told" },
    ...BY_OPTION,
    ...DURABLE_OPTIONS,
    ...JSON_OPTION,
  },
  examples: ['salesagent runs refuse f8bfd61a5f3c --reason "too early" --by user:42'],
  run: (operands, options, io) => {
    const refusal = textOption(options, "reason");
    if (!refusal) throw new UsageError('A refusal needs a reason: --reason "too early".');
    return decideOn(operands, options, io, { by: readPerson(options), refusal });
  },
};

async function decideOn(
  operands: readonly string[],
  options: OptionValues,
  io: Io,
  decision: Decision,
): Promise<number> {
  const id = theOperand(operands, "approval");
  await using store = await openStore(readDurableChoice(options, io), io);
  const approval = await findApproval(store, id);
  if (approval.tool === ASKS_WORDS && decision.refusal === undefined) {
    throw new UsageError(
      `It asks for words, not for leave: salesagent runs reply ${approval.runId ?? "RUN"} "…".`,
    );
  }
  const decided = await decideAsItsAgent(store, approval, decision, io);
  if (flagOption(options, "json")) io.stdout.write(`${JSON.stringify(decided)}\n`);
  else io.stdout.write(inWords(decided));
  return 0;
}

/** By its own id, or the only one that a run waits for. @throws UsageError */
async function findApproval(store: StoreSession, id: string): Promise<ApprovalRecord> {
  const { approvals, tenant } = store;
  const found = await approvals.get(id, { tenant });
  if (found) return found;
  const { record } = await findGraphRun(store, id).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`There is no approval, and no run of a graph, ${id} of the tenant "${tenant}".`);
  });
  const { items } = await approvals.list({ tenant, runId: record.id, status: "pending" });
  const [only, ...others] = items;
  if (only && others.length === 0) return only;
  const ids = items.map((item) => item.id).join(", ");
  throw new UsageError(
    only
      ? `The run ${record.id} waits for several approvals: ${ids}.`
      : `The run ${record.id} (${record.status}) waits for no approval.`,
  );
}

/** An agent of ours checks what a person edits. */
async function decideAsItsAgent(
  store: StoreSession,
  approval: ApprovalRecord,
  decision: Decision,
  { signal }: Io,
): Promise<ApprovalRecord> {
  const entry = AGENTS.find((one) => one.name === approval.agent && isGraph(one));
  if (!entry) return decide(store, approval, decision, { agent: undefined, signal });
  return withIdleAgent(store, entry, undefined, (agent) =>
    decide(store, approval, decision, { agent, signal }),
  );
}

function inWords({ id, tool, status, decidedBy, editedArguments, runId }: ApprovalRecord): string {
  const edited = editedArguments === undefined ? "" : ", edited";
  const goesOn =
    runId === undefined
      ? ""
      : `The run goes on where somebody works: salesagent runs resume ${runId}, or salesagent runs work.\n`;
  return `${tool} is ${status} by ${decidedBy}${edited} (${id}).\n${goesOn}`;
}
