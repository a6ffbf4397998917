import { singleLine } from "./clean-cell.js";

/** A person's name in parts; what is not known is absent. */
export interface PersonName {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly fullName?: string;
}

/**
 * Fills in what can be told of a name from its other parts: the full name from first and last, or both from the full name
 * (`Ada Lovelace`, `Lovelace, Ada`). Spelling and case stay as they are.
 */
export function completePersonName(parts: PersonName): PersonName {
  const first = parts.firstName === undefined ? "" : singleLine(parts.firstName);
  const last = parts.lastName === undefined ? "" : singleLine(parts.lastName);
  const full = parts.fullName === undefined ? "" : singleLine(parts.fullName);
  if (full === "") return present(first, last, `${first} ${last}`.trim());
  if (first !== "" && last !== "") return present(first, last, full);
  const split = splitFullName(full);
  return present(first || split.first, last || split.last, split.full);
}

function splitFullName(full: string): { first: string; last: string; full: string } {
  const swapped = /^([^,]+),\s*([^,]+)$/.exec(full);
  if (swapped?.[1] !== undefined && swapped[2] !== undefined) {
    return { first: swapped[2], last: swapped[1], full: `${swapped[2]} ${swapped[1]}` };
  }
  const space = full.indexOf(" ");
  return space === -1
    ? { first: full, last: "", full }
    : { first: full.slice(0, space), last: full.slice(space + 1), full };
}

function present(first: string, last: string, full: string): PersonName {
  return {
    ...(first === "" ? {} : { firstName: first }),
    ...(last === "" ? {} : { lastName: last }),
    ...(full === "" ? {} : { fullName: full }),
  };
}
