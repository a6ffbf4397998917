import type { PersonHints } from "@salesagent/ports";
import { folded, hintsOfPerson } from "./hints.js";
import { normalLinkedinUrl } from "./linkedin-url.js";
import { objectOf, type Wire } from "./wire.js";

/**
 * Each match beside the hints that it answers. Apollo keeps the order of the request, but does not promise it: a match that
 * plainly belongs to other hints goes there.
 */
export function inOrderOf(
  hints: readonly PersonHints[],
  matches: readonly unknown[],
): readonly (Wire | undefined)[] {
  const placed: (Wire | undefined)[] = hints.map(() => undefined);
  const strays: Wire[] = [];
  for (const [at, hint] of hints.entries()) {
    const match = found(matches[at]);
    if (match === undefined) continue;
    const belongsElsewhere = !isOf(hint, match) && hints.some((other) => isOf(other, match));
    if (belongsElsewhere) strays.push(match);
    else placed[at] = match;
  }
  for (const match of strays) {
    const at = hints.findIndex((hint, index) => placed[index] === undefined && isOf(hint, match));
    if (at >= 0) placed[at] = match;
  }
  return placed;
}

function found(match: unknown): Wire | undefined {
  const wire = objectOf(match);
  return Object.keys(wire).length === 0 ? undefined : wire;
}

/** Whether a person plainly has what was asked by. */
function isOf(hint: PersonHints, wire: Wire): boolean {
  const person = hintsOfPerson(wire);
  const url = normalLinkedinUrl(hint.linkedinUrl);
  return (
    (hint.email !== undefined && person.email?.toLowerCase() === hint.email.toLowerCase()) ||
    (url !== undefined && normalLinkedinUrl(person.linkedinUrl) === url) ||
    (hint.fullName !== undefined && folded(person.fullName ?? "") === folded(hint.fullName))
  );
}
