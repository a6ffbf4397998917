import { type CrmKind, type Replay, SalesAgentError } from "@salesagent/ports";

/** The refusals of a CRM, as a sound adapter words them. */
export class DoubleErrors {
  readonly #crm: string;

  constructor(crm: string) {
    this.#crm = crm;
  }

  exists(kind: CrmKind, recordId: string | undefined): SalesAgentError {
    return new SalesAgentError("crm.exists", {
      message: `${this.#crm} keeps such a ${kind} already; update that one`,
      facts: { crm: this.#crm, kind, status: 409, ...(recordId !== undefined && { recordId }) },
      replay: "safe",
    });
  }

  notFound(kind: CrmKind, recordId: string, mergedInto?: string): SalesAgentError {
    return new SalesAgentError("crm.not_found", {
      message: `${this.#crm} has no ${kind} ${recordId}; it was removed or merged`,
      facts: { crm: this.#crm, kind, status: 404, recordId, ...(mergedInto !== undefined && { mergedInto }) },
      replay: "safe",
    });
  }

  fieldInvalid(kind: CrmKind, field: string): SalesAgentError {
    return new SalesAgentError("crm.field_invalid", {
      message: `${this.#crm} refuses the value of ${field} of a ${kind}; mend the value`,
      facts: { crm: this.#crm, kind, status: 400, field },
      replay: "safe",
    });
  }

  unsupported(operation: string, kind?: CrmKind): SalesAgentError {
    return new SalesAgentError("crm.unsupported", {
      message: `${this.#crm} can't ${operation}${kind === undefined ? "" : ` a ${kind}`}; capabilities tells before`,
      facts: { crm: this.#crm, operation, ...(kind !== undefined && { kind }) },
      replay: "safe",
    });
  }

  webhook(problem: "missing" | "malformed" | "mismatch" | "too-old" | "too-new"): SalesAgentError {
    return new SalesAgentError("crm.webhook_refused", {
      message: `a webhook is not proved to come from ${this.#crm}: ${problem}`,
      facts: { crm: this.#crm, problem },
      replay: "safe",
    });
  }

  unavailable(reason: string, replay: Replay, status?: number): SalesAgentError {
    return new SalesAgentError("service.unavailable", {
      message: `${this.#crm} could not be reached: ${reason}; try again`,
      facts: { service: this.#crm, ...(status !== undefined && { status }) },
      replay,
    });
  }

  malformed(replay: Replay): SalesAgentError {
    return new SalesAgentError("service.malformed_response", {
      message: `${this.#crm} sent an answer that breaks off`,
      facts: { service: this.#crm, status: 200 },
      replay,
    });
  }

  rateLimited(retryAfterMs?: number): SalesAgentError {
    return new SalesAgentError("service.rate_limited", {
      message: `${this.#crm} takes no more requests just now; wait`,
      facts: { service: this.#crm, status: 429, ...(retryAfterMs !== undefined && { retryAfterMs }) },
      replay: "safe",
    });
  }

  unauthorised(): SalesAgentError {
    return new SalesAgentError("service.auth", {
      message: `${this.#crm} refuses the key; connect it again`,
      facts: { service: this.#crm, status: 401 },
      replay: "safe",
    });
  }
}
