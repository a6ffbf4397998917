import type { CrmKind } from "@salesagent/ports";
import { incompleteError } from "./crm-errors.js";
import { type Fields, isFields } from "./read-json.js";

/** A cursor's text. */
export const cursorText = (state: Fields): string => JSON.stringify({ v: 1, ...state });

/** What a cursor holds. @throws SalesAgentError `crm.walk_incomplete` for a text that is none of this adapter's. */
export function cursorState(kind: CrmKind, text: string): Fields {
  const state = parsed(text);
  if (state?.["v"] === 1) return state;
  throw incompleteError(kind, "its cursor is not one of this adapter");
}

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A number of a cursor; undefined where it has none. */
export function numberOf(state: Fields, name: string): number | undefined {
  const value = state[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A text of a cursor; undefined where it has none. */
export function stringOf(state: Fields, name: string): string | undefined {
  const value = state[name];
  return typeof value === "string" ? value : undefined;
}
