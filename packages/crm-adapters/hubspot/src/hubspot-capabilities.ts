import type { CrmCapabilities, CrmKind, CrmKindSupport } from "@salesagent/ports";
import type { FieldMap } from "./field-map.js";
import { lookupSupport } from "./find-records.js";
import type { ResolvedHubspot } from "./hubspot-options.js";
import { BATCH_LIMIT } from "./object-calls.js";
import { OBJECT_TYPES, TYPES_OF_KIND } from "./object-types.js";

/** What HubSpot can do, as far as the options let it. */
export function capabilitiesOf(map: FieldMap, options: ResolvedHubspot): CrmCapabilities {
  const supportOf = (kind: CrmKind): CrmKindSupport => {
    const custom = Object.entries(options.mapping[kind] ?? {});
    const toldCustom = custom.filter(([, { readOnly }]) => readOnly).map(([name]) => `custom.${name}`);
    const readOnlyFields = [...map.readOnlyFieldsOf(kind), ...toldCustom];
    const links = TYPES_OF_KIND[kind]
      .slice(0, 1)
      .flatMap((type) => Object.keys(OBJECT_TYPES[type].links) as CrmKind[]);
    return {
      create: true,
      update: true,
      remove: true,
      list: true,
      changes: true,
      removals: options.journal !== undefined || options.changes.removals === "archived",
      lookup: lookupSupport(kind, options.externalIdProperty[kind]),
      maxBatch: BATCH_LIMIT,
      fields: map.fieldsOf(kind),
      customFields: custom.map(([name]) => name),
      ...(readOnlyFields.length === 0 ? {} : { readOnlyFields }),
      ...(links.length === 0 ? {} : { links }),
    };
  };
  return {
    kinds: {
      contact: supportOf("contact"),
      company: supportOf("company"),
      deal: supportOf("deal"),
      activity: supportOf("activity"),
    },
    webhooks: options.webhook === undefined ? "none" : "signed",
  };
}
