/** Remembers the results of a pure function for texts that repeat, such as countries; forgets all when it holds too many. */
export function memoise<T>(compute: (text: string) => T, limit = 2_000): (text: string) => T {
  const known = new Map<string, { readonly result: T }>();
  return (text) => {
    const hit = known.get(text);
    if (hit !== undefined) return hit.result;
    const result = compute(text);
    if (known.size >= limit) known.clear();
    known.set(text, { result });
    return result;
  };
}
