import { ClientError, type ClientIssue } from "./client-error.js";

/** Nobody reads more of an error than this, in characters. */
const MAX_PROBLEM_CHARACTERS = 100_000;

/** The error that an answer outside 2xx tells, whatever its body is. Never throws. */
export async function readProblem(response: Response): Promise<ClientError> {
  const { status } = response;
  const body = await readObject(response);
  return new ClientError({
    code: textOf(body["code"]) ?? "client.refused",
    status,
    title: textOf(body["title"]) ?? `HTTP ${status}`,
    detail: textOf(body["detail"]) ?? textOf(body["title"]) ?? `The server answered with status ${status}.`,
    issues: toIssues(body["issues"]),
    facts: toObject(body["facts"]),
    instance: textOf(body["instance"]),
    retryAfterMs: toRetryAfterMs(response.headers.get("retry-after")),
  });
}

async function readObject(response: Response): Promise<Record<string, unknown>> {
  try {
    const length = Number(response.headers.get("content-length"));
    if (!/json/.test(response.headers.get("content-type") ?? "") || length > MAX_PROBLEM_CHARACTERS) {
      await response.body?.cancel();
      return {};
    }
    return toObject(JSON.parse(await response.text()));
  } catch {
    return {};
  }
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function toIssues(value: unknown): ClientIssue[] {
  if (!Array.isArray(value)) return [];
  return value.map((issue) => {
    const { path, message } = toObject(issue);
    return { path: String(path ?? ""), message: String(message ?? "") };
  });
}

/** Seconds only: what a date says depends on two clocks. */
function toRetryAfterMs(header: string | null): number | undefined {
  return header !== null && /^\d{1,7}$/.test(header) ? Number(header) * 1_000 : undefined;
}
