import type { CrmLink, JsonObject, LinkDraft } from "@salesagent/ports";

/** An attempt to make a record in the CRM, of which the outcome may not be known. */
export interface CreateAttempt {
  /** When the first call began, ISO 8601 in UTC. */
  readonly beganAt: string;
  /** When it was known that the outcome isn't; an index is asked so much later as it lags. */
  readonly lostAt?: string;
  /** Calls so far. */
  readonly calls: number;
  /** The values that the last call sent, by field. */
  readonly sent: JsonObject;
}

/** How often one side answered the same value of the other with the same value of its own. */
export interface RewritePair {
  /** Names the two values, and the side that answered. */
  readonly pair: string;
  readonly times: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** What the engine keeps in mind with a link. */
export interface LinkNotes {
  readonly attempt?: CreateAttempt;
  /** What the CRM was told last, by field, while it is not known whether it took it; null takes a value away. */
  readonly told?: JsonObject;
  readonly pairs?: Readonly<Record<string, RewritePair>>;
  /** Open conflicts by field. */
  readonly open?: Readonly<Record<string, string>>;
  /** How often it waited for what it hangs on to be linked. */
  readonly awaits?: number;
  /** The record that the CRM says it was merged into. */
  readonly mergedInto?: string;
  /** Which side was gone when the link was removed; `app` where the CRM's record stands still. */
  readonly gone?: "app" | "crm" | "both";
  /** Somebody decided that the side that stands is to be kept, or removed, though the other was removed. */
  readonly decided?: "keep" | "remove";
  /** Its removal is within what may be removed without being asked. */
  readonly cleared?: true;
  /** The open dead letter of it. */
  readonly letter?: string;
}

export function notesOf(link: Pick<CrmLink, "notes">): LinkNotes {
  return (link.notes ?? {}) as LinkNotes;
}

/** What stands of a link for its next write, without what only the store knows. */
export function draftOf(link: CrmLink): LinkDraft {
  const { revision: _revision, createdAt: _createdAt, updatedAt: _updatedAt, ...draft } = link;
  return draft;
}

/** A link's draft with other notes; undefined takes a note away. */
export function withNotes(
  draft: LinkDraft,
  changes: { readonly [Name in keyof LinkNotes]?: LinkNotes[Name] | undefined },
): LinkDraft {
  const merged = Object.entries({ ...draft.notes, ...changes }).filter(([, note]) => note !== undefined);
  const { notes: _notes, ...rest } = draft;
  return merged.length === 0 ? rest : { ...rest, notes: Object.fromEntries(merged) as JsonObject };
}

/** A draft without some of its parts. */
export function without<Name extends keyof LinkDraft>(
  draft: LinkDraft,
  ...names: readonly Name[]
): LinkDraft {
  const rest: Partial<LinkDraft> & Record<string, unknown> = { ...draft };
  for (const name of names) delete rest[name];
  return rest as LinkDraft;
}
