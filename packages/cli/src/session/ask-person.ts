import type { WaitFor } from "@salesagent/core/graph";
import { type JsonObject, type JsonValue, SalesAgentError } from "@salesagent/ports";
import type { GraphAgent } from "../agents/agent-entry.js";
import { UsageError } from "../command/usage-error.js";
import type { Output } from "../io.js";
import { dataInWords } from "../render/data-in-words.js";
import { approvalIdOf, type Decision, decide } from "./approval-of.js";
import type { StoreSession } from "./open-session.js";
import type { TypedLines } from "./typed-lines.js";
import type { WaitingRun } from "./waits-in-words.js";

/** Whom waits are put to. */
export interface PersonAsked {
  readonly by: string;
  readonly output: Output;
  /** What the person types; absent: every question is answered the easy way, as `--yes` says. */
  readonly lines: TypedLines | undefined;
  readonly signal: AbortSignal;
}

/** What a line said to one question. */
interface Prompt {
  readonly text: string;
  readonly hint: string;
  readonly easy: string | undefined;
  answer(line: string): Promise<void>;
}

/**
 * Puts what a run waits for to a person, in place, and gives the run the answers.
 *
 * @returns False when nobody answers, or it waits for something that a person can't give.
 */
export async function askPerson(
  store: StoreSession,
  agent: GraphAgent,
  run: WaitingRun,
  person: PersonAsked,
): Promise<boolean> {
  let answered = false;
  for (const wait of run.on) {
    const prompt = await promptOf(store, agent, run, wait, person);
    if (!prompt) continue;
    if (!(await put(prompt, person))) return false;
    answered = true;
  }
  return answered;
}

/** Asks until the answer is one. */
async function put({ text, hint, easy, answer }: Prompt, person: PersonAsked): Promise<boolean> {
  const { output, lines, by, signal } = person;
  output.write(`\n${text}\n`);
  for (;;) {
    output.write(`${hint}\n> `);
    const line = lines ? await lines.next(signal) : easy;
    if (!lines)
      output.write(easy === undefined ? "(--yes has no answer)\n" : `${easy}        (--yes, by ${by})\n`);
    if (line === undefined) return false;
    try {
      await answer(line.trim());
      return true;
    } catch (error) {
      if (!(error instanceof UsageError) || !lines) throw error;
      output.write(`${error.message}\n`);
    }
  }
}

async function promptOf(
  store: StoreSession,
  agent: GraphAgent,
  run: WaitingRun,
  wait: WaitFor,
  person: PersonAsked,
): Promise<Prompt | undefined> {
  const { runId, state, entry } = run;
  const { tenant } = store;
  const { by, signal } = person;
  const question = entry?.question?.(wait, state);
  if (question) {
    const { text, form: hint, easy } = question;
    const answer = (line: string) => question.give(agent, { runId, wait, line, tenant, by, signal });
    return { text, hint, easy, answer };
  }
  const approvalId = approvalIdOf(wait);
  if (approvalId !== undefined) return approvalPrompt(store, agent, approvalId, person);
  if (wait.kind !== "interrupt") return undefined;
  return {
    text: `It asks, in "${wait.node}":\n${dataInWords({ question: wait.payload }, 1)}`,
    hint: "JSON, or words",
    easy: "true",
    answer: async (line) => {
      await agent.graph.deliver(runId, wait.name, toJson(line), { tenant, signal });
    },
  };
}

async function approvalPrompt(
  store: StoreSession,
  agent: GraphAgent,
  approvalId: string,
  { by, signal, output }: PersonAsked,
): Promise<Prompt | undefined> {
  const { approvals, tenant } = store;
  const approval = await approvals.get(approvalId, { tenant, signal });
  if (approval?.status !== "pending") return undefined;
  const { tool, arguments: asked } = approval;
  return {
    text: `It waits for a person to allow ${tool}:\n${dataInWords({ asks: asked }, 1)}`,
    hint: 'approve | refuse REASON | edit {"field": …}',
    easy: "approve",
    answer: async (line) => {
      try {
        await decide(store, approval, { by, ...toDecision(line) }, { agent, signal });
      } catch (error) {
        if (!SalesAgentError.is(error, "approval.invalid")) throw error;
        // Somebody else was faster, and the run goes by what was decided.
        output.write(`${error.message}\n`);
      }
    },
  };
}

function toDecision(line: string): Omit<Decision, "by"> {
  const [, word = "", rest = ""] = /^(\S*)\s*(.*)$/s.exec(line) ?? [];
  if (/^(a|approve|y|yes)$/i.test(word) && rest === "") return {};
  if (/^(r|refuse|n|no)$/i.test(word)) {
    if (rest === "") throw new UsageError("A refusal needs a reason: refuse too early.");
    return { refusal: rest };
  }
  if (/^(e|edit)$/i.test(word)) return { edit: toEdit(rest) };
  throw new UsageError(`"${line.slice(0, 60)}" is none of approve, refuse REASON, edit {…}.`);
}

/** @throws UsageError for what is no JSON object. */
export function toEdit(text: string): JsonObject {
  const value = toJson(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new UsageError(`An edit is a JSON object of the fields that change, such as {"subject": "Hello"}.`);
}

/** JSON, or the words themselves. */
export function toJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text; // words are an answer, too
  }
}
