/** The `fetch` that hosts may inject. */
export type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;
