import type { CrmLink, CrmRecord, JsonValue, RecordKind, StoredRecord } from "@salesagent/ports";
import { SalesAgentError } from "@salesagent/ports";
import { FULL_NAME, NAME_PARTS } from "../contact-name.js";
import { isOtherForm } from "../likeness.js";
import { toValues } from "../record-values.js";
import { replayDeadLetter } from "../replay-dead-letter.js";
import { resolveConflict } from "../resolve-conflict.js";
import { isEmpty } from "../same-value.js";
import { syncCycle } from "../sync-cycle.js";
import { type ConvergenceTraits, ConvergenceWorld, formless, isCrash, seenKey } from "./convergence-world.js";

const HOUR_MS = 3_600_000;
const KINDS: readonly RecordKind[] = ["company", "contact", "deal"];

/** How a run went. */
export interface ConvergenceReport {
  readonly seed: number;
  readonly edits: number;
  readonly records: number;
  readonly crashes: number;
  readonly faults: number;
  readonly conflicts: number;
  readonly deadLetters: number;
  /** Cycles until nothing was written any more, once all faults ceased. */
  readonly cycles: number;
  /** What went wrong; none where all is well. */
  readonly problems: readonly string[];
}

/**
 * Lets users of both sides act at random while syncs are cut off, then lets everything rest, and tells what does not agree: two sides
 * that differ, a record twice, one that nobody removed and that is gone, an edit that is lost without being on record.
 */
export async function runConvergence(
  traits: ConvergenceTraits,
  { seed, edits }: { readonly seed: number; readonly edits: number },
): Promise<ConvergenceReport> {
  const world = new ConvergenceWorld(traits, seed);
  while (world.ops < edits) {
    const some = 1 + world.chance.below(12);
    for (let count = 0; count < some; count++) await world.act();
    await cycle(world, world.chance.happens(0.1));
    world.pass(world.chance.below(120_000));
  }
  world.isFaulty = false;
  const cycles = await comeToRest(world);
  const problems = [...(await problemsOf(world))];
  if (cycles > 2) problems.push(`writes went on for ${cycles} cycles`);
  return {
    ...{ seed, edits: world.ops, crashes: world.crashes, faults: world.faults, cycles, problems },
    records: KINDS.reduce((sum, kind) => sum + world.crm.world.standing(kind).length, 0),
    conflicts: await world.app.conflicts.count(),
    deadLetters: await world.app.deadLetters.count(),
  };
}

/** A sync that may be cut off anywhere; its leases are over some time after it. */
async function cycle(world: ConvergenceWorld, full: boolean): Promise<void> {
  world.isWorking = true;
  try {
    await syncCycle(world.context(), { full });
  } catch (error) {
    if (isCrash(error)) world.pass(61_000);
    else if (!SalesAgentError.is(error)) throw error;
  } finally {
    world.isWorking = false;
  }
}

async function comeToRest(world: ConvergenceWorld): Promise<number> {
  // What was lost for good, and what people decide, first: both need the sync to have seen everything.
  for (let round = 0; round < 4; round++) {
    world.pass(HOUR_MS);
    await cycle(world, false);
    await decideAll(world);
  }
  world.pass(HOUR_MS);
  await cycle(world, true);
  await decideAll(world);
  for (let cycles = 0; cycles < 6; cycles++) {
    const before = await stateOf(world);
    world.pass(HOUR_MS);
    await cycle(world, cycles % 2 === 1);
    if ((await stateOf(world)) === before) return cycles;
  }
  return 6;
}

async function stateOf(world: ConvergenceWorld): Promise<string> {
  const revisions: string[] = [];
  for (const kind of KINDS) {
    for (const { id, revision } of await world.appRecords(kind)) revisions.push(`${id}:${revision}`);
  }
  return `${world.crm.world.writes().length}/${revisions.join(",")}`;
}

/** People decide on what is open: of conflicts about whole records all, of the others some. */
async function decideAll(world: ConvergenceWorld): Promise<void> {
  const context = world.context();
  const letters = await world.app.deadLetters.list({ status: "open" }, { limit: 1_000 });
  for (const { id } of letters.items) await replayDeadLetter(context, { id, by: "user:1" });
  const open = await world.app.conflicts.list({ status: "open" }, { limit: 1_000 });
  for (const { id, field } of open.items) {
    if (field !== "$record" && world.chance.happens(0.7)) continue;
    const take = world.chance.happens(0.5) ? "app" : "crm";
    await resolveConflict(context, { id, choice: { take }, by: "user:1" });
  }
}

async function problemsOf(world: ConvergenceWorld): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const kind of KINDS) {
    const records = new Map((await world.appRecords(kind)).map((record) => [record.id, record]));
    const links = await linksOf(world, kind);
    problems.push(...pairProblems(world, kind, records, links));
    for (const link of links) problems.push(...(await fieldProblems(world, link, records)));
  }
  problems.push(...(await removalProblems(world)), ...(await lostEdits(world)));
  return problems;
}

async function linksOf(world: ConvergenceWorld, kind: RecordKind): Promise<readonly CrmLink[]> {
  const links: CrmLink[] = [];
  for (let after: string | undefined; ; ) {
    const page = await world.app.links.list("double", { kind }, { after, limit: 1_000 });
    links.push(...page.items);
    after = page.next;
    if (after === undefined) return links;
  }
}

/** Each record that stands has exactly one on the other side. */
function pairProblems(
  world: ConvergenceWorld,
  kind: RecordKind,
  records: ReadonlyMap<string, StoredRecord>,
  links: readonly CrmLink[],
): readonly string[] {
  const problems: string[] = [];
  const linked = links.filter(({ state }) => state === "linked");
  const byCrm = new Map(linked.map((link) => [link.crmId, link]));
  const byRecord = new Map(linked.map((link) => [link.recordId, link]));
  for (const id of world.crm.world.standing(kind)) {
    const link = byCrm.get(id);
    if (!link) problems.push(`${id} of the CRM is not linked`);
    else if (!records.has(link.recordId)) problems.push(`${id} has no record in the app (${link.recordId})`);
  }
  for (const id of records.keys()) {
    const link = byRecord.get(id);
    const other = links.find(({ recordId }) => recordId === id);
    if (!link) problems.push(`${id} of the app is not linked (${other?.state} ${other?.error?.message})`);
    else if (link.crmId !== undefined && !world.crm.world.read(kind, link.crmId)) {
      problems.push(`${id} has no record in the CRM (${link.crmId})`);
    }
  }
  const marks = new Map<string, string[]>();
  for (const { id, custom } of world.crm.world.records(kind)) {
    const mark = String(custom["mark"]);
    marks.set(mark, [...(marks.get(mark) ?? []), id]);
  }
  for (const [mark, ids] of marks) {
    // One that was made anew on somebody's word may be joined by the first one, when that is restored.
    if (ids.length - ids.filter((id) => world.recreated.has(id)).length <= 1) continue;
    problems.push(`${mark} is in the CRM as ${ids.join(", ")}`);
  }
  return problems;
}

async function fieldProblems(
  world: ConvergenceWorld,
  link: CrmLink,
  records: ReadonlyMap<string, StoredRecord>,
): Promise<readonly string[]> {
  const app = records.get(link.recordId);
  const crm = link.crmId === undefined ? undefined : world.crm.world.read(link.kind, link.crmId);
  if (link.state !== "linked" || !app || !crm) return [];
  const open = await world.app.conflicts.list({ recordId: app.id, status: "open" }, { limit: 1_000 });
  const contested = new Set(open.items.map(({ field }) => field));
  // A full name goes with its parts, and waits with them for a person.
  if (NAME_PARTS.some((part) => contested.has(part))) contested.add(FULL_NAME);
  const names = namesOf(app, crm).filter((name) => !contested.has(name));
  const [ours, theirs] = [toValues(app, names), toValues(crm, names)];
  return names.flatMap((name) => {
    if (isSameForm(ours[name], theirs[name])) return [];
    const said = `${JSON.stringify(ours[name])} and ${JSON.stringify(theirs[name])}`;
    return [`${name} of ${app.id} and ${crm.id} differ: ${said}`];
  });
}

function isSameForm(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return (isEmpty(one) && isEmpty(other)) || isOtherForm(one, other);
}

function namesOf(app: StoredRecord, crm: CrmRecord): readonly string[] {
  const custom = Object.keys({ ...app.custom, ...crm.custom }).map((name) => `custom.${name}`);
  return [...new Set([...Object.keys({ ...app.fields, ...crm.fields }), ...custom])];
}

/** Whatever the engine removed, somebody removed on the other side. */
async function removalProblems(world: ConvergenceWorld): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const kind of KINDS) {
    for (const link of await linksOf(world, kind)) {
      const { recordId, crmId = "" } = link;
      // One that came back may go again by somebody's decision on the conflict that this is, or be another record of the app now.
      if (world.recreated.has(recordId) || world.recreated.has(crmId)) continue;
      const byApp = world.engineRemoved.crm.has(crmId) && !world.removed.app.has(recordId);
      // A removal that was asked for may not have come through before another record took its place, which users of the CRM may
      // have removed later.
      if (byApp && !world.removed.crm.has(crmId) && !world.crm.world.read(kind, crmId))
        problems.push(`${crmId} was removed in the CRM though nobody removed ${recordId}`);
      // One that came back may have been removed by users of the app later.
      if (!world.engineRemoved.app.has(recordId) || world.removed.app.has(recordId)) continue;
      if (crmId !== "" && !world.removed.crm.has(crmId) && link.state === "removed") {
        problems.push(`${recordId} was removed in the app though nobody removed ${crmId}`);
      }
    }
  }
  return problems;
}

/** An edit that the other side never had was overwritten on its own side, is on record, or went with its record. */
async function lostEdits(world: ConvergenceWorld): Promise<readonly string[]> {
  const conflicts = await allConflicts(world);
  const last = new Map<string, number>();
  for (const [index, edit] of world.edits.entries()) last.set(`${edit.side}/${edit.id}/${edit.field}`, index);
  const standing = {
    app: new Set((await Promise.all(KINDS.map((kind) => world.appRecords(kind)))).flat().map(({ id }) => id)),
    crm: new Set(KINDS.flatMap((kind) => world.crm.world.standing(kind))),
  };
  // A conflict names a record of the CRM as it was called when it was found; it may be merged into another since.
  const links = (await Promise.all(KINDS.map((kind) => linksOf(world, kind)))).flat();
  const recordOf = new Map(links.map(({ crmId, recordId }) => [crmId, recordId]));
  return world.edits.flatMap(({ side, kind, id, field, value, racing }, index) => {
    const other = side === "app" ? "crm" : "app";
    const isLast = last.get(`${side}/${id}/${field}`) === index;
    const isTold = world.had[other].has(seenKey(kind, field, value));
    const isWholeOnRecord = conflicts.has(`record/${id}`) || conflicts.has(`record/${recordOf.get(id)}`);
    const isOnRecord = isWholeOnRecord || conflicts.has(`${side}/${field}/${formless(value)}`);
    // What the engine removes with an edit that the other side never had is a conflict on record.
    const isTakenAway = world.engineRemoved[side].has(id) && !world.removed[side].has(id);
    if (isTakenAway && isLast && !racing && !isTold && !isOnRecord && !world.recreated.has(id)) {
      return [`the edit ${JSON.stringify(value)} of ${field} of ${id} in the ${side} was removed unasked`];
    }
    // A CRM has no conditional writes: of its users, one who edits a field while it is written may lose.
    if ((racing && side === "crm") || !isLast || isTold || isOnRecord || !standing[side].has(id)) return [];
    // It was gone for a while, by somebody's word, and came back with what the other side had.
    if (world.recreated.has(id) || world.removed[side].has(id) || world.engineRemoved[side].has(id))
      return [];
    return [`the edit ${JSON.stringify(value)} of ${field} of ${id} in the ${side} is lost`];
  });
}

async function allConflicts(world: ConvergenceWorld): Promise<ReadonlySet<string>> {
  const values = new Set<string>();
  for (let after: string | undefined; ; ) {
    const page = await world.app.conflicts.list({}, { after, limit: 1_000 });
    for (const { field, app, crm, recordId, crmId } of page.items) {
      if (field === "$record") values.add(`record/${recordId}`).add(`record/${crmId}`);
      values.add(`app/${field}/${formless(app)}`).add(`crm/${field}/${formless(crm)}`);
    }
    after = page.next;
    if (after === undefined) return values;
  }
}
