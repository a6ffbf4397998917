/** What users did, and whether it is what stands at the end. */

/**
 * @typedef {import("./_vendors.mjs").Kind} Kind
 * @typedef {"app" | "crm"} Side
 *
 * @typedef {object} Standing What one side has under a key.
 * @property {string} id
 * @property {Readonly<Record<string, unknown>>} values
 * @property {string} [companyKey]
 */

export class Ledger {
  /** Records that users made, by kind and key. @type {Map<string, { kind: Kind, key: string, removed: boolean, companyKey?: string }>} */
  records = new Map();
  /** The last value that users of each side wrote, by kind, key and field. @type {Map<string, { app?: string, crm?: string }>} */
  #last = new Map();
  #count = 0;
  edits = 0;

  /** A text that nobody wrote before. */
  next() {
    return `v${++this.#count}`;
  }

  /**
   * @param {Kind} kind
   * @param {string} key
   * @param {string} [companyKey]
   */
  created(kind, key, companyKey) {
    const under = companyKey === undefined ? {} : { companyKey };
    this.records.set(`${kind} ${key}`, { kind, key, removed: false, ...under });
  }

  /**
   * @param {Side} side
   * @param {Kind} kind
   * @param {string} key
   * @param {Readonly<Record<string, string>>} values
   */
  wrote(side, kind, key, values) {
    for (const [field, value] of Object.entries(values)) {
      const name = `${kind} ${key} ${field}`;
      this.#last.set(name, { ...this.#last.get(name), [side]: value });
    }
  }

  /**
   * @param {Kind} kind
   * @param {string} key
   */
  removed(kind, key) {
    const record = this.records.get(`${kind} ${key}`);
    if (record) record.removed = true;
  }

  /** @param {Kind} kind */
  standing(kind) {
    return [...this.records.values()].filter((record) => record.kind === kind && !record.removed);
  }

  /**
   * What is not as it should be.
   *
   * @param {Kind} kind
   * @param {{ app: readonly (Standing & { key: string })[], crm: readonly (Standing & { key: string })[] }} sides
   * @param {(recordId: string, field: string) => boolean} isOpen Whether a conflict of the field is open.
   */
  judge(kind, sides, isOpen) {
    const problems = { lost: strings(), twice: strings(), strange: strings(), undead: strings() };
    const fields = { unequal: strings(), lostEdits: strings() };
    const app = byKey(sides.app);
    const crm = byKey(sides.crm);
    for (const [side, found] of Object.entries({ app, crm })) {
      for (const [key, some] of found) {
        const record = this.records.get(`${kind} ${key}`);
        const said = `${kind} ${key} in the ${side} (${some.map(({ id }) => id).join(", ")})`;
        if (record === undefined) problems.strange.push(said);
        else if (record.removed) problems.undead.push(said);
        else if (some.length > 1) problems.twice.push(said);
      }
    }
    for (const { key, companyKey } of this.standing(kind)) {
      const [ours, theirs] = [app.get(key)?.[0], crm.get(key)?.[0]];
      if (!ours) problems.lost.push(`${kind} ${key} in the app`);
      if (!theirs) problems.lost.push(`${kind} ${key} in the CRM`);
      if (!ours || !theirs) continue;
      for (const side of [ours, theirs]) {
        if (companyKey !== side.companyKey) fields.unequal.push(`company of ${key}: ${side.companyKey}`);
      }
      for (const field of ["title", "ours", "theirs", "shared", "decided"]) {
        if (isOpen(ours.id, field)) continue;
        const [one, other] = [ours.values[field], theirs.values[field]];
        const said = `${field} of ${kind} ${key}: ${one} and ${other}`;
        if (one !== other) fields.unequal.push(said);
        const last = this.#last.get(`${kind} ${key} ${field}`);
        if (last === undefined || one === last.app || one === last.crm) continue;
        fields.lostEdits.push(`${said}, and ${last.app} or ${last.crm} was written last`);
      }
    }
    return { ...problems, ...fields };
  }
}

/** @returns {string[]} */
const strings = () => [];

/** @param {readonly (Standing & { key: string })[]} rows */
function byKey(rows) {
  /** @type {Map<string, Standing[]>} */
  const found = new Map();
  for (const row of rows) found.set(row.key, [...(found.get(row.key) ?? []), row]);
  return found;
}
