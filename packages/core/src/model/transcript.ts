import { type IssueFact, type Message, SalesAgentError } from "@salesagent/ports";

/**
 * Checks what every vendor demands of a transcript: each tool call is answered by one result in the message right after it,
 * and no result stands without its call.
 *
 * @throws `transcript.invalid` naming each place, such as `messages[3]`.
 */
export function checkTranscript(messages: readonly Message[]): void {
  const issues = transcriptIssues(messages);
  if (issues.length === 0) return;
  const list = issues.map((issue) => `${issue.path}: ${issue.message}`).join("; ");
  throw new SalesAgentError("transcript.invalid", {
    message: `The transcript can't be sent to a model: ${list}. Answer each tool call in the message right after it.`,
    facts: { issues },
    replay: "safe",
  });
}

/** What breaks the rule of {@link checkTranscript}. */
export function transcriptIssues(messages: readonly Message[]): readonly IssueFact[] {
  const issues: IssueFact[] = [];
  let open = new Map<string, string>();
  messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.role === "tool") {
      for (const { callId, name } of message.parts) {
        if (!open.delete(callId))
          issues.push({ path, message: `a result of "${name}" has no open call "${callId}"` });
      }
    } else {
      reportOpen(open, path, issues);
      open = message.role === "assistant" ? callsOf(message, path, issues) : new Map();
    }
  });
  reportOpen(open, `messages[${messages.length}]`, issues);
  return issues;
}

function callsOf(
  message: Extract<Message, { role: "assistant" }>,
  path: string,
  issues: IssueFact[],
): Map<string, string> {
  const calls = new Map<string, string>();
  for (const part of message.parts) {
    if (part.type !== "tool-call") continue;
    if (calls.has(part.callId)) issues.push({ path, message: `two calls have the id "${part.callId}"` });
    calls.set(part.callId, part.name);
  }
  return calls;
}

function reportOpen(open: ReadonlyMap<string, string>, path: string, issues: IssueFact[]): void {
  for (const [callId, name] of open) {
    issues.push({ path, message: `the call "${callId}" of "${name}" has no result before this` });
  }
}
