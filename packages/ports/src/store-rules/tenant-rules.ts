/** The longest tenant id, in characters. */
const LONGEST_TENANT = 200;

const CONTROL_CHARACTER = /\p{Cc}|\p{Surrogate}/u;

/** @throws TypeError when the id is not a text of 1–200 characters without control characters. */
export function checkTenant(id: string): void {
  if (typeof id !== "string" || id.length === 0 || id.length > LONGEST_TENANT || CONTROL_CHARACTER.test(id)) {
    throw new TypeError(
      `tenant must be a text of 1–${LONGEST_TENANT} characters without control characters, got ${describe(id)}`,
    );
  }
}

function describe(id: unknown): string {
  return typeof id === "string" ? `${id.length} characters: ${JSON.stringify(id.slice(0, 40))}` : typeof id;
}
