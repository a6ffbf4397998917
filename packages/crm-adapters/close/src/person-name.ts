/** The parts of a name, as far as there are any. */
export interface NameParts {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly fullName?: string;
}

/** What is to be changed of a name: null takes a part away, absent leaves it. */
export interface NameChange {
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly fullName?: string | null | undefined;
}

const collapsed = (text: string) => text.trim().replaceAll(/\s+/g, " ");

/** The first word is the first name, all others are the last: Close keeps one text, and says no more of it. */
export function splitName(name: unknown): NameParts {
  const fullName = typeof name === "string" ? collapsed(name) : "";
  if (fullName === "") return {};
  const at = fullName.indexOf(" ");
  if (at < 0) return { firstName: fullName, fullName };
  return { firstName: fullName.slice(0, at), lastName: fullName.slice(at + 1), fullName };
}

/**
 * The text that Close is to keep after a change; undefined where it says the same already, so that spaces and the place of the
 * split are never a reason to rewrite a name.
 *
 * @param current - As Close has it; empty for a new contact.
 */
export function changedName(current: string, change: NameChange): string | undefined {
  const parts = splitName(current);
  const { firstName, lastName, fullName } = change;
  const isPart = firstName !== undefined || lastName !== undefined;
  if (!isPart && fullName === undefined) return undefined;
  const kept = (changed: string | null | undefined, part: string | undefined) =>
    changed === undefined ? (part ?? "") : collapsed(changed ?? "");
  const first = kept(firstName, parts.firstName);
  const last = kept(lastName, parts.lastName);
  const joined = collapsed(`${first} ${last}`);
  const whole = collapsed(fullName ?? "");
  // A full name that holds the parts it came with may hold more, or divide the rest in another way: neither is lost.
  const fits =
    whole !== "" &&
    (firstName === undefined || whole.startsWith(first)) &&
    (lastName === undefined || whole.endsWith(last));
  const next = isPart && !fits ? joined : fullName === undefined ? joined : whole;
  return next === collapsed(current) ? undefined : next;
}
