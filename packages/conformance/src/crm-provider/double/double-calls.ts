import { type CrmCallOptions, type CrmKind, onAbort } from "@salesagent/ports";
import type { CrmWorldFault, CrmWorldFaultScope, CrmWorldWrite } from "../crm-world.js";
import type {
  CrmDoubleCall,
  CrmDoubleFault,
  CrmDoubleFaults,
  CrmDoubleOperation,
} from "./crm-double-options.js";
import type { DoubleErrors } from "./double-errors.js";

const WRITES: ReadonlySet<CrmDoubleOperation> = new Set(["create", "update", "remove", "writeMany"]);

interface ArmedFault {
  readonly fault: CrmWorldFault;
  readonly on: "read" | "write" | undefined;
  after: number;
  times: number;
}

/** Counts the calls of a provider, and lets them go wrong. */
export class DoubleCalls {
  readonly writes: CrmWorldWrite[] = [];
  readonly counts = new Map<CrmDoubleOperation, number>();
  total = 0;
  /** Requests, of which a batch is one. */
  requests = 0;
  readonly #faults: CrmDoubleFaults | undefined;
  readonly #errors: DoubleErrors;
  readonly #armed: ArmedFault[] = [];

  constructor(faults: CrmDoubleFaults | undefined, errors: DoubleErrors) {
    this.#faults = faults;
    this.#errors = errors;
  }

  arm(fault: CrmWorldFault, { on, after = 0, times = 1 }: CrmWorldFaultScope = {}): void {
    this.#armed.push({ fault, on, after, times });
  }

  note(op: CrmWorldWrite["op"], kind: CrmKind, sent: readonly string[]): void {
    this.writes.push({ op, kind, sent });
  }

  /** Does a call's work, with what goes wrong before it and after it. */
  async run<T>(
    call: Omit<CrmDoubleCall, "number">,
    options: CrmCallOptions | undefined,
    work: (fault: CrmDoubleFault | undefined) => T | Promise<T>,
  ): Promise<T> {
    options?.signal?.throwIfAborted();
    const fault = this.#begin(call);
    if (fault?.type === "silent") await untilGivenUp(options?.signal);
    this.#failBefore(call, fault);
    const result = await work(fault);
    this.#failAfter(call, fault);
    options?.signal?.throwIfAborted();
    return result;
  }

  #begin(call: Omit<CrmDoubleCall, "number">): CrmDoubleFault | undefined {
    const number = this.total;
    this.total += 1;
    if (call.batched !== true) this.requests += 1;
    this.counts.set(call.operation, (this.counts.get(call.operation) ?? 0) + 1);
    const armed = call.batched === true ? undefined : this.#nextArmed(call.operation);
    return armed ?? this.#faults?.({ ...call, number });
  }

  #nextArmed(operation: CrmDoubleOperation): CrmWorldFault | undefined {
    const way = WRITES.has(operation) ? "write" : "read";
    for (const armed of this.#armed) {
      if (armed.times === 0 || (armed.on !== undefined && armed.on !== way)) continue;
      if (armed.after > 0) {
        armed.after -= 1;
        continue;
      }
      armed.times -= 1;
      return armed.fault;
    }
    return undefined;
  }

  #failBefore(
    { operation, kind = "contact" }: Omit<CrmDoubleCall, "number">,
    fault: CrmDoubleFault | undefined,
  ) {
    const replay = operation === "create" || operation === "writeMany" ? "unsafe" : "safe";
    switch (fault?.type) {
      case "request-lost":
        throw this.#errors.unavailable("the connection broke", replay);
      case "server-error":
        throw this.#errors.unavailable("it failed on its side", replay, 500);
      case "rate-limited":
        throw this.#errors.rateLimited(fault.retryAfterMs);
      case "unauthorised":
        throw this.#errors.unauthorised();
      case "field-invalid":
        throw this.#errors.fieldInvalid(kind, fault.field);
      case "throw":
        if (fault.when === "before") throw fault.error;
    }
  }

  #failAfter({ operation }: Omit<CrmDoubleCall, "number">, fault: CrmDoubleFault | undefined) {
    const replay = operation === "create" || operation === "writeMany" ? "unsafe" : "safe";
    switch (fault?.type) {
      case "response-lost":
        throw this.#errors.unavailable("the connection broke before the answer", replay);
      case "cut-body":
        throw this.#errors.malformed(replay);
      case "throw":
        if (fault.when === "after") throw fault.error;
    }
  }
}

/** Never comes to an end but by an abort. */
function untilGivenUp(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal) onAbort(signal, () => reject(signal.reason));
  });
}
