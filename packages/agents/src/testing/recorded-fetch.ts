import type { Fetch } from "../egress/fetch.js";

/** A `fetch` that answers by a script and keeps what it was asked. */
export interface RecordedFetch {
  readonly fetch: Fetch;
  readonly calls: readonly { readonly url: string; readonly init: RequestInit }[];
  /** The JSON body of a call. */
  readonly bodyOf: (index: number) => unknown;
}

/** One planned answer. */
export type PlannedAnswer = () => Response | Promise<Response>;

export function recordedFetch(...answers: readonly PlannedAnswer[]): RecordedFetch {
  const calls: { url: string; init: RequestInit }[] = [];
  return {
    calls,
    bodyOf: (index) => JSON.parse(String(calls[index]?.init.body)),
    fetch: async (url, init = {}) => {
      const answer = answers[Math.min(calls.length, answers.length - 1)];
      calls.push({ url: String(url), init });
      if (!answer) throw new Error("No answer is planned");
      return answer();
    },
  };
}

/** A JSON answer. */
export const json = (body: unknown, init?: ResponseInit) => () => Response.json(body, init);
