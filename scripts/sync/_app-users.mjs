import { matchKeys } from "@salesagent/core/crm";

/**
 * The users of the app: they write records as an app does, over what stands.
 *
 * @param {import("@salesagent/ports").TenantStorage} storage
 */
export function appUsers({ records }) {
  /**
   * @param {import("./_vendors.mjs").Kind} kind
   * @param {string} key
   */
  const find = async (kind, key) => {
    const [found] = await records.findByKeys(kind, [kind === "contact" ? `email:${key}` : `domain:${key}`]);
    return found;
  };
  return {
    find,
    /**
     * @param {import("./_vendors.mjs").Kind} kind
     * @param {string} key
     * @param {import("./_vendors.mjs").Values} values
     * @param {string} [companyKey]
     * @returns {Promise<boolean>} False where its company isn't there.
     */
    async create(kind, key, { title, ...custom }, companyKey) {
      const company = companyKey === undefined ? undefined : await find("company", companyKey);
      if (companyKey !== undefined && !company) return false;
      const own =
        kind === "contact"
          ? { email: key, firstName: "Person", lastName: key, ...(title === undefined ? {} : { title }) }
          : { name: `Company ${key}`, domain: key };
      const links = company ? { company: [company.id] } : {};
      const draft = { fields: own, custom, links, keys: matchKeys(kind, own) };
      await records.writeMany([{ op: "put", kind, id: `app-${key}`, draft, ifRevision: null }]);
      return true;
    },
    /**
     * @param {import("./_vendors.mjs").Kind} kind
     * @param {string} key
     * @param {import("./_vendors.mjs").Values} values
     * @returns {Promise<boolean>} False where it isn't there.
     */
    async edit(kind, key, values) {
      for (;;) {
        const found = await find(kind, key);
        if (!found) return false;
        const { id, fields, custom, links, keys, fieldTimes, revision } = found;
        const { title, ...own } = values;
        const at = new Date().toISOString();
        const names = Object.keys(values).map((name) => (name === "title" ? name : `custom.${name}`));
        const draft = {
          fields: title === undefined ? fields : { ...fields, title },
          custom: { ...custom, ...own },
          ...{ links, keys },
          fieldTimes: { ...fieldTimes, ...Object.fromEntries(names.map((name) => [name, at])) },
        };
        const [written] = await records.writeMany([{ op: "put", kind, id, draft, ifRevision: revision }]);
        if (written?.status === "written") return true;
      }
    },
    /**
     * @param {import("./_vendors.mjs").Kind} kind
     * @param {string} key
     */
    async remove(kind, key) {
      const found = await find(kind, key);
      if (!found) return false;
      await records.writeMany([{ op: "remove", kind, id: found.id }]);
      return true;
    },
    /**
     * All that stand, as the ledger reads them.
     *
     * @param {import("./_vendors.mjs").Kind} kind
     */
    async standing(kind) {
      const rows = [];
      for (let after = /** @type {string | undefined} */ (undefined); ; ) {
        /** @type {import("@salesagent/ports").Page<import("@salesagent/ports").StoredRecord>} */
        const page = await records.list(kind, { ...(after === undefined ? {} : { after }), limit: 1_000 });
        for (const { id, fields, custom, links, revision } of page.items) {
          const { email, domain, title } = /** @type {Record<string, string | undefined>} */ (fields);
          const key = (kind === "contact" ? email : domain) ?? "";
          rows.push({ id, key, revision, companyId: links.company?.[0], values: { title, ...custom } });
        }
        after = page.next;
        if (after === undefined) return rows;
      }
    },
  };
}
