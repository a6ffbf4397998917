/**
 * Headers made usable as keys: white space trimmed, an empty one named by its place, a repeated one numbered
 * (`Phone`, `Phone (2)`).
 */
export function columnNames(cells: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return cells.map((cell, index) => {
    const trimmed = cell.replace(/\s+/g, " ").trim();
    // As a key of a plain object this one name would vanish.
    const base = trimmed === "__proto__" ? "proto" : trimmed || `Column ${index + 1}`;
    let name = base;
    for (let copy = 2; seen.has(name); copy++) name = `${base} (${copy})`;
    seen.add(name);
    return name;
  });
}
