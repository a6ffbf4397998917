/** USD per million tokens, unless a field says otherwise. */
export interface TokenPrice {
  readonly input: number;
  readonly cachedInput?: number;
  readonly cacheWrite?: number;
  /** For cache entries that live for an hour. */
  readonly cacheWriteLong?: number;
  readonly output: number;
  /** @defaultValue `input` */
  readonly audioInput?: number;
  /** @defaultValue `output` */
  readonly audioOutput?: number;
}

/** What a model costs. Data with a date, which the host can override. */
export interface ModelPrice extends TokenPrice {
  /** Dearer or cheaper rates for the whole call, by its input length; the highest threshold passed applies. */
  readonly tiers?: readonly (TokenPrice & { readonly aboveInputTokens: number })[];
  /** Rates by time of day in UTC. The first window that holds the call's start applies. */
  readonly windows?: readonly (TokenPrice & {
    /** 0 is Sunday. */
    readonly days: readonly number[];
    /** Hour of the day, 0–24; `from` inclusive, `until` exclusive. */
    readonly fromHour: number;
    readonly untilHour: number;
  })[];
  /** Rates that begin on a day (ISO date, UTC), replacing those above from then on. The latest begun applies. */
  readonly changes?: readonly (TokenPrice & { readonly from: string })[];
  /** USD for each request, on top of the tokens. */
  readonly perRequest?: number;
  /** Day on which the price was read at its source, ISO date. */
  readonly asOf: string;
}

/** What a model can do. What it can't is an error or a warning, never silence. */
export interface ModelAbilities {
  readonly tools: boolean;
  readonly parallelTools: boolean;
  /** `schema`: the vendor enforces a JSON schema; `json`: any JSON; `none`: by prompt alone. */
  readonly structuredOutput: "schema" | "json" | "none";
  readonly reasoning: boolean;
  readonly vision: boolean;
  /** Takes `temperature` and `topP`. */
  readonly sampling: boolean;
  /** Continues an assistant message that the caller began. */
  readonly prefill: boolean;
}

/** What is known of a model before it is called. Every figure comes from a dated source or is absent. */
export interface ModelProfile {
  /** Input and output together, in tokens. */
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
  readonly abilities: ModelAbilities;
  /** Absent means that the cost is unknown, which is not the same as free. */
  readonly price?: ModelPrice;
  /** `local`: the prompt stays on machines of the host's choosing. */
  readonly locality: "local" | "cloud";
  /** Set when the vendor has retired the model or says when it will. */
  readonly retired?: { readonly on?: string; readonly successor?: string };
  /** Where the facts come from, and when they were read (ISO date). */
  readonly source: { readonly asOf: string; readonly note?: string };
}
