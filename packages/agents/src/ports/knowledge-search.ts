import type { CallOptions } from "@salesagent/ports";

/** A piece of what a company knows: of its help pages, contracts, order records. */
export interface Passage {
  /** The same for the same passage. */
  readonly id: string;
  readonly text: string;
  readonly title?: string | undefined;
  readonly url?: string | undefined;
}

/** What is looked for. */
export interface KnowledgeQuery {
  readonly text: string;
  readonly maxPassages: number;
}

/** Finds what a company knows. */
export interface KnowledgeSearch {
  readonly port: "knowledge-search/1";
  /** Such as `memory`. */
  readonly provider: string;
  /**
   * The nearest first; nothing where nothing fits, rather than the least unfit.
   *
   * @throws `service.…`, the signal's own reason.
   */
  search(query: KnowledgeQuery, call: CallOptions & { readonly tenant: string }): Promise<readonly Passage[]>;
}
