import { type IssueFact, SalesAgentError } from "@salesagent/ports";
import type { z } from "zod";
import { checkProfile } from "./check-profile.js";
import type { IdealCustomerProfile } from "./ideal-customer-profile.js";
import { didYouMean } from "./nearest-name.js";
import { idealCustomerProfileSchema, keysAt } from "./profile-schema.js";

/** Problems told in the message; the others are in the facts. */
const TOLD_ISSUES = 5;

/** `["criteria", 3, "weight"]` as `criteria[3].weight`. */
function writePath(path: readonly PropertyKey[]): string {
  let written = "";
  for (const part of path) {
    if (typeof part === "number") written += `[${part}]`;
    else written += written === "" ? String(part) : `.${String(part)}`;
  }
  return written;
}

function toIssues(issue: z.core.$ZodIssue, input: unknown): IssueFact[] {
  if (issue.code !== "unrecognized_keys") {
    return [{ path: writePath(issue.path), message: issue.message }];
  }
  const known = keysAt(issue.path, input) ?? [];
  return issue.keys.map((key) => ({
    path: writePath([...issue.path, key]),
    message: `is no setting here${didYouMean(key, known)}`,
  }));
}

function refuse(issues: readonly IssueFact[]): never {
  const told = issues
    .slice(0, TOLD_ISSUES)
    .map(({ path, message }) => `${path || "the profile"}: ${message}`);
  const more = issues.length > TOLD_ISSUES ? `; and ${issues.length - TOLD_ISSUES} more` : "";
  const count = issues.length === 1 ? "a problem" : `${issues.length} problems`;
  throw new SalesAgentError("config.invalid", {
    message: `The customer profile has ${count}: ${told.join("; ")}${more}.`,
    facts: { option: issues[0]?.path || "profile", issues },
    replay: "safe",
  });
}

/**
 * Checks that a value is a sound profile and returns it.
 *
 * @throws SalesAgentError `config.invalid` that lists every problem by its path, such as `criteria[3].weight`.
 */
export function parseProfile(value: unknown): IdealCustomerProfile {
  const parsed = idealCustomerProfileSchema.safeParse(value);
  if (!parsed.success) refuse(parsed.error.issues.flatMap((issue) => toIssues(issue, value)));
  const issues = checkProfile(parsed.data);
  if (issues.length > 0) refuse(issues);
  return parsed.data;
}

/**
 * Reads a profile from the text of a JSON file.
 *
 * @throws SalesAgentError `config.invalid` where the text is not JSON or the profile is not sound.
 */
export function parseProfileJson(json: string): IdealCustomerProfile {
  let value: unknown;
  try {
    value = JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SalesAgentError("config.invalid", {
      message: `The customer profile is not JSON: ${reason}.`,
      facts: { option: "profile", issues: [{ path: "", message: reason }] },
      replay: "safe",
      cause,
    });
  }
  return parseProfile(value);
}
