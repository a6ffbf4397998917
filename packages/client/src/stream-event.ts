/** A value of JSON. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** One thing that a run told. */
export interface StreamEvent {
  /** 1, 2, 3 …: what a reader goes on after. The event `end` has the number of the event before it. */
  readonly seq: number;
  /** Such as `text-delta`; `end` is the last, and tells in `data` how it ended. */
  readonly type: string;
  readonly data: JsonValue;
}

/** What the event `end` tells. */
export interface StreamEnd {
  readonly status: "completed" | "failed" | "cancelled";
  readonly error?: { readonly code: string; readonly message: string };
}
