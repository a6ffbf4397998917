/** The candidates nearest to a text by spelling, nearest first; those that differ too much are left out. */
export function nearest(text: string, candidates: readonly string[], limit = 3): readonly string[] {
  const wanted = text.toLowerCase();
  return candidates
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, wanted.length * 0.4))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** A field's last part may stand for all of it: `name` is near `company.name`. */
function distanceTo(text: string, candidate: string): number {
  const last = candidate.slice(candidate.lastIndexOf(".") + 1);
  return Math.min(
    editDistance(text, candidate),
    last === candidate ? Number.POSITIVE_INFINITY : 1 + editDistance(text, last),
  );
}

/** Levenshtein distance: insertions, deletions and replacements. O(a × b), for short texts. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
