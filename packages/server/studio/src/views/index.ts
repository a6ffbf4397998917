import type { Place } from "../place.js";
import type { View } from "../view-context.js";
import { approvalsView } from "./approvals.js";
import { conflictsView } from "./conflicts.js";
import { costView } from "./cost.js";
import { deadLettersView } from "./dead-letters.js";
import { leadView } from "./lead.js";
import { leadsView } from "./leads.js";
import { runView } from "./run.js";
import { runsView } from "./runs.js";

/** One part of the page. */
export interface Area {
  readonly view: string;
  readonly title: string;
  /** Whoever lacks it does not see it. */
  readonly permission: string;
  readonly list: View;
  /** One thing of it. */
  readonly one?: { readonly title: string; readonly view: View };
}

export const AREAS: readonly Area[] = [
  {
    ...{ view: "runs", title: "Runs", permission: "runs:read", list: runsView },
    one: { title: "Run", view: runView },
  },
  { view: "approvals", title: "Approvals", permission: "approvals:read", list: approvalsView },
  {
    ...{ view: "leads", title: "Leads", permission: "leads:read", list: leadsView },
    one: { title: "Lead", view: leadView },
  },
  { view: "conflicts", title: "Conflicts", permission: "sync:read", list: conflictsView },
  { view: "dead-letters", title: "Dead letters", permission: "sync:read", list: deadLettersView },
  { view: "cost", title: "Cost", permission: "usage:read", list: costView },
];

const [FIRST] = AREAS as readonly [Area, ...Area[]];

/** What to show at a place; the first area where there is no such one. */
export function viewOf({ view, id }: Place): {
  readonly title: string;
  readonly permission: string;
  readonly view: View;
} {
  const { title, permission, list, one } = AREAS.find((area) => area.view === view) ?? FIRST;
  if (id !== undefined && one) return { ...one, permission };
  return { title, permission, view: list };
}
