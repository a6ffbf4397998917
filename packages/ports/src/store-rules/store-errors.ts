import { SalesAgentError } from "../error.js";

/** A value breaks a rule of the store; `field` is its path. Nothing was stored. */
export function invalidValue(
  store: string,
  field: string,
  problem: string,
): SalesAgentError<"store.invalid"> {
  return new SalesAgentError("store.invalid", {
    message: `${field} can't be stored: ${problem}.`,
    facts: { store, field },
    replay: "safe",
  });
}

/** No record of this id for this tenant. */
export function recordNotFound(store: string, id: string): SalesAgentError<"store.not_found"> {
  return new SalesAgentError("store.not_found", {
    message: `No record ${JSON.stringify(id)} in ${store} for this tenant. Check the id and the tenant.`,
    facts: { store, id },
    replay: "safe",
  });
}

/** The record was written by someone else since it was read. */
export function staleRevision(
  store: string,
  id: string,
  current: string,
): SalesAgentError<"store.stale_revision"> {
  return new SalesAgentError("store.stale_revision", {
    message: `Record ${JSON.stringify(id)} in ${store} changed since it was read: it is at revision ${current} now. Read it again, then repeat the change.`,
    facts: { store, id, current },
    replay: "safe",
  });
}

/** The storage, or the transaction that lent the store, is over. `what` names it. */
export function closedStore(store: string, what: string): SalesAgentError<"store.closed"> {
  return new SalesAgentError("store.closed", {
    message: `${what} was closed before this call to ${store}. Nothing was read or written.`,
    facts: { store },
    replay: "safe",
  });
}

/** A transaction kept colliding with the writes of others. */
export function transactionContended(attempts: number): SalesAgentError<"store.unavailable"> {
  return new SalesAgentError("store.unavailable", {
    message: `The transaction collided with other writes ${attempts} times and was given up; none of its writes stands. Repeat it later, or make it smaller.`,
    facts: { store: "transaction" },
    replay: "safe",
  });
}
