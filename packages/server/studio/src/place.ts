/** Where in the page one is: `#/runs/01J…?status=failed`. */
export interface Place {
  /** The view, such as `runs`. */
  readonly view: string;
  /** Of one thing in it. */
  readonly id: string | undefined;
  readonly query: Readonly<Record<string, string>>;
}

/** @returns The place of an address's hash; without a view, `runs`. */
export function toPlace(hash: string): Place {
  const [path = "", search = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const [view = "", id] = path.split("/", 2).map(decoded);
  const query = Object.fromEntries(new URLSearchParams(search));
  return { view: view === "" ? "runs" : view, id: id === "" ? undefined : id, query };
}

/** The hash of a place. Whatever an id holds, it stays an id. */
export function toHash(view: string, id?: string, query: Readonly<Record<string, string>> = {}): string {
  const known = Object.entries(query).filter(([, value]) => value !== "");
  const search = new URLSearchParams(known).toString();
  const path = id === undefined ? view : `${view}/${encodeURIComponent(id)}`;
  return `#/${path}${search === "" ? "" : `?${search}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
