import type { CrmCapabilities, CrmKind, CrmKindSupport } from "@salesagent/ports";
import type { CrmBench, CrmProviderConformanceOptions } from "./crm-bench.js";
import type { CrmWorld } from "./crm-world.js";

/** What decides whether a case applies. */
export interface CrmCaseFacts {
  readonly capabilities: CrmCapabilities;
  readonly options: CrmProviderConformanceOptions;
  readonly world: CrmWorld;
}

/** A case that runs once for each kind to which it applies, with a CRM of its own. */
export interface CrmKindCase {
  /** What the adapter does, in the present tense. */
  readonly name: string;
  /** Why it doesn't apply to a kind, where it does not. */
  readonly skip?: (support: CrmKindSupport, facts: CrmCaseFacts, kind: CrmKind) => string | false;
  readonly run: (bench: CrmBench, kind: CrmKind) => Promise<void>;
}

/** A case that runs once for an adapter. */
export interface CrmWholeCase {
  readonly name: string;
  readonly skipAll?: (facts: CrmCaseFacts) => string | false;
  readonly runWhole: (bench: CrmBench) => Promise<void>;
}

export type CrmCase = CrmKindCase | CrmWholeCase;

type Operation = "create" | "update" | "remove" | "list" | "changes" | "removals";

/** Skips kinds for which one of the operations isn't promised. */
export const needs =
  (...operations: readonly Operation[]): NonNullable<CrmKindCase["skip"]> =>
  (support) => {
    const missing = operations.find((operation) => !support[operation]);
    return missing !== undefined && `capabilities: no ${missing}`;
  };

/** Whether there is anything to read by id: not where nothing but a lookup is promised. */
export const canRead = ({ create, update, list, changes }: CrmKindSupport): boolean =>
  create || update || list || changes;

/** Skips kinds of which nothing is to be read by id. */
export const needsReading: NonNullable<CrmKindCase["skip"]> = (support) =>
  !canRead(support) && "capabilities: lookup alone";

/** All that must apply at once. */
export const all =
  (...skips: readonly NonNullable<CrmKindCase["skip"]>[]): NonNullable<CrmKindCase["skip"]> =>
  (...facts) => {
    for (const skip of skips) {
      const why = skip(...facts);
      if (why) return why;
    }
    return false;
  };
