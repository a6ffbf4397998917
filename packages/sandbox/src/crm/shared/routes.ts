/** What a route is given beside the request. */
export interface RouteCall {
  readonly request: Request;
  readonly url: URL;
  /** The path's variable parts, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** One endpoint: `:name` stands for one part of the path. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** Whose rate it counts against. @defaultValue its path */
  readonly group?: string;
  readonly answer: (call: RouteCall) => Response | Promise<Response>;
}

/** What a request comes to: a route, a path that has other methods, or nothing. */
export type RouteMatch =
  | { readonly type: "route"; readonly route: Route; readonly call: RouteCall }
  | { readonly type: "other-method" }
  | { readonly type: "none" };

/** Finds the route of a request. Routes without variable parts come first, whatever their order. */
export function createRouter(routes: readonly Route[]): (request: Request) => RouteMatch {
  const byLength = new Map<number, { readonly route: Route; readonly parts: readonly string[] }[]>();
  for (const route of routes) {
    const parts = route.path.split("/");
    const same = byLength.get(parts.length) ?? [];
    byLength.set(parts.length, [...same, { route, parts }]);
  }
  for (const same of byLength.values()) same.sort((a, b) => variables(a.parts) - variables(b.parts));
  return (request) => {
    const url = new URL(request.url);
    const asked = url.pathname.split("/");
    const fits = (byLength.get(asked.length) ?? []).filter(({ parts }) =>
      parts.every((part, at) => part === asked[at] || (part.startsWith(":") && asked[at] !== "")),
    );
    const found = fits.find(({ route }) => route.method === request.method);
    if (found === undefined) return { type: fits.length > 0 ? "other-method" : "none" };
    const params = Object.fromEntries(
      found.parts.flatMap((part, at) =>
        part.startsWith(":") ? [[part.slice(1), decodeURIComponent(asked[at] ?? "")]] : [],
      ),
    );
    return { type: "route", route: found.route, call: { request, url, params } };
  };
}

const variables = (parts: readonly string[]) => parts.filter((part) => part.startsWith(":")).length;
