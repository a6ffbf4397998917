import { type RecordKind, SalesAgentError } from "@salesagent/ports";
import { isFatal, isTransientFailure } from "./link-failure.js";
import type { SyncContext } from "./sync-context.js";

const KIND_NAMES = { company: "companies", contact: "contacts", deal: "deals" } as const;

/** Kinds whose records a CRM does not give away, or can't list: they are left out, and the others are synced all the same. */
export class KindFailures {
  readonly #connection: string;
  readonly #errors = new Map<RecordKind, SalesAgentError>();

  constructor({ connection }: Pick<SyncContext, "connection">) {
    this.#connection = connection;
  }

  /** Does some work of a kind, unless the kind failed before. @throws What befalls every kind. */
  async guard<T>(kind: RecordKind, work: () => Promise<T>): Promise<T | undefined> {
    if (this.#errors.has(kind)) return undefined;
    try {
      return await work();
    } catch (error) {
      if (!this.take(kind, error)) throw error;
      return undefined;
    }
  }

  /** @returns Whether it is this kind's failure, and not that of every kind. */
  take(kind: RecordKind, error: unknown): boolean {
    if (!SalesAgentError.is(error) || !isOfOneKind(error)) return false;
    if (!this.#errors.has(kind)) this.#errors.set(kind, error);
    return true;
  }

  /** Those that did not fail. */
  sound(kinds: readonly RecordKind[]): readonly RecordKind[] {
    return kinds.filter((kind) => !this.#errors.has(kind));
  }

  /** @throws The failure of the first kind that failed, with all of them named. */
  throwIfAny(): void {
    const [error] = this.#errors.values();
    if (!error) return;
    const kinds = [...this.#errors.keys()].map((kind) => KIND_NAMES[kind]).join(", ");
    throw new SalesAgentError(error.code, {
      message: `Not synced with ${this.#connection}: ${kinds}. ${error.message}`,
      ...{ facts: error.facts, replay: error.replay, cause: error },
    });
  }
}

/** A scope that is missing, or a refusal of what only this kind is asked for. */
function isOfOneKind(error: SalesAgentError): boolean {
  if (SalesAgentError.is(error, "service.auth")) return error.facts.status === 403;
  if (SalesAgentError.is(error, "credential.refused")) return error.facts.problem === "scope";
  return !isFatal(error) && !isTransientFailure(error);
}
