import { type ErrorCode, SalesAgentError, type Usage } from "@salesagent/ports";
import type { CallReport } from "./call-report.js";
import type { DrillRole } from "./drill-setup.js";
import type { DrillOutcome } from "./drill-subject.js";
import { grammarProblem } from "./event-grammar.js";
import { SIMULATED } from "./simulated-vendor.js";
import type { Traffic } from "./traffic.js";

/** What a caller may expect of one call. */
export interface CallExpectation {
  /** Whose whole answer will do; none where only an error is right. */
  readonly from: readonly DrillRole[];
  /** Codes with which the call may end in place of an answer, beside a router's own summary of them. */
  readonly errors: readonly ErrorCode[];
}

const ROLES: readonly DrillRole[] = ["primary", "fallback"];

/** Codes that sum up other failures, or follow from earlier ones. */
const SUMMARIES: ReadonlySet<ErrorCode> = new Set(["router.exhausted", "breaker.open"]);

/** Messages of a program that stumbled rather than told what happened. */
const STUMBLES = /cannot read propert|is not a function|is not iterable|is not defined|undefined is not/i;

/** What is wrong with a call from its caller's side; empty when nothing is. */
export function problemsOfCall(
  report: CallReport,
  expected: CallExpectation,
  traffic: Traffic,
  strict: boolean,
): readonly string[] {
  const { ending } = report;
  if (ending.type === "hung") return [`had no end after ${Math.round(report.elapsedMs)} ms`];
  return ending.type === "error"
    ? problemsOfError(ending.error, report, expected, strict)
    : problemsOfAnswer(ending.outcome, report, expected, traffic, strict);
}

function problemsOfError(
  error: unknown,
  { aborted }: CallReport,
  { from, errors }: CallExpectation,
  strict: boolean,
): string[] {
  if (aborted !== undefined) {
    return strict && error !== aborted.reason
      ? ["was aborted, and did not reject with the caller's reason"]
      : [];
  }
  const problems: string[] = [];
  const message = error instanceof Error ? error.message : String(error);
  if (message.trim() === "" || STUMBLES.test(message))
    problems.push(`ended in an unclear error: "${message}"`);
  if (ROLES.some((role) => message.includes(SIMULATED[role].apiKey)))
    problems.push("shows a key in its error");
  if (strict && from.length > 0) problems.push(`failed with ${nameOf(error)}, though a vendor could answer`);
  else if (strict && !SalesAgentError.is(error))
    problems.push(`failed with ${nameOf(error)}, which has no code`);
  else if (SalesAgentError.is(error) && !errors.includes(error.code) && !SUMMARIES.has(error.code)) {
    problems.push(`failed with ${error.code}, where ${errors.join(" or ")} was meant`);
  }
  return problems;
}

/** An error in a few words: its code, or what else names it. */
export function nameOf(error: unknown): string {
  if (SalesAgentError.is(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
}

function problemsOfAnswer(
  outcome: DrillOutcome,
  report: CallReport,
  { from }: CallExpectation,
  traffic: Traffic,
  strict: boolean,
): string[] {
  if (report.aborted !== undefined) return ["was aborted, and ended as if it had not been"];
  const role = servedBy(report.text);
  if (role === undefined) return [`gave its reader ${textFault(report.text)}`];
  const problems: string[] = [];
  if (!from.includes(role)) problems.push(`was answered by the ${role}, which should not have been asked`);
  if (outcome.text !== report.text) {
    problems.push(`told its reader one text and the result ${textFault(outcome.text)}`);
  }
  const broken = strict ? grammarProblem(report.events) : undefined;
  if (broken !== undefined) problems.push(broken);
  return [
    ...problems,
    ...modelProblems(outcome, role, report, traffic, strict),
    ...usageProblems(outcome.usage, role, strict),
    ...(strict ? recordProblems(outcome, report, traffic) : []),
  ];
}

/** The vendor whose text this is, all of it and nothing else. */
export function servedBy(text: string): DrillRole | undefined {
  return ROLES.find((role) => SIMULATED[role].text === text);
}

function textFault(text: string): string {
  if (text === "") return "no text, as a success";
  const whole = servedBy(text);
  if (whole !== undefined) return `the ${whole}'s text`;
  const cut = ROLES.find((role) => SIMULATED[role].text.startsWith(text));
  if (cut !== undefined) return `a truncated text of the ${cut}, as a success`;
  const openings = ROLES.filter((role) => text.includes(SIMULATED[role].text.slice(0, 8)));
  return openings.length > 1 ? "a text mixed of both vendors" : "a text doubled or garbled";
}

function modelProblems(
  outcome: DrillOutcome,
  role: DrillRole,
  report: CallReport,
  traffic: Traffic,
  strict: boolean,
): string[] {
  const asked = traffic.modelAsked(role, report);
  const { modelId, provider, attempts } = outcome;
  if (modelId === undefined) return strict ? ["does not tell which model answered"] : [];
  if (modelId !== asked)
    return [`says that ${modelId} answered, where it was ${asked ?? "no model that was asked"}`];
  const begin = report.events.findLast((event) => "modelId" in event);
  if (begin !== undefined && begin.modelId !== modelId) {
    return [`has events that say that ${begin.modelId} answered, and its result ${modelId}`];
  }
  const last = attempts?.findLast((attempt) => attempt.outcome === "completed");
  if (last !== undefined && (last.modelId !== modelId || last.provider !== provider)) {
    return [`says that ${provider}/${modelId} answered, and its attempts ${last.provider}/${last.modelId}`];
  }
  return [];
}

/** Every request is an attempt on record. */
export function recordProblems({ attempts }: DrillOutcome, report: CallReport, traffic: Traffic): string[] {
  const requests = traffic.all([report]).length;
  if (attempts === undefined) return [`made ${requests} requests and keeps no record of its attempts`];
  if (attempts.length === requests) return [];
  return [`made ${requests} requests and has ${attempts.length} attempts on record`];
}

function usageProblems(usage: Usage | undefined, role: DrillRole, strict: boolean): string[] {
  const { inputTokens, outputTokens } = SIMULATED[role].usage;
  if (usage?.inputTokens === undefined || usage.outputTokens === undefined) {
    return strict ? ["does not tell the usage"] : [];
  }
  if (usage.inputTokens === inputTokens && usage.outputTokens === outputTokens) return [];
  return [
    `tells a usage of ${usage.inputTokens} + ${usage.outputTokens} tokens, where the ${role} counted ${inputTokens} + ${outputTokens}`,
  ];
}
