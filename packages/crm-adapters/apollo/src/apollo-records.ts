import { type ServiceClient, urlPath } from "@salesagent/core/http";
import {
  type CrmCallOptions,
  type CrmChange,
  type CrmDraft,
  type CrmKind,
  type CrmRecord,
  SalesAgentError,
} from "@salesagent/ports";
import type { CrmSettings } from "./apollo-options.js";
import { toCrmError, unsupported } from "./crm-errors.js";
import { type ApolloKind, fromRecord } from "./from-record.js";
import { toRecord } from "./to-record.js";
import { objectOf, rowsOf, textOf, type Wire } from "./wire.js";

/** Apollo's words for a kind: of its path, and of one record in an answer. */
export const RESOURCES = {
  contact: { path: "contacts", one: "contact" },
  company: { path: "accounts", one: "account" },
  deal: { path: "opportunities", one: "opportunity" },
} as const;

/** How many records are read at once where Apollo tells one at a time. */
const READS_AT_ONCE = 4;

/** Records one by one. */
export class ApolloRecords {
  readonly #client: ServiceClient;
  readonly #settings: CrmSettings;

  constructor(client: ServiceClient, settings: CrmSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  async get<Kind extends CrmKind>(
    kind: Kind,
    id: string,
    call?: CrmCallOptions,
  ): Promise<CrmRecord<Kind> | undefined> {
    const { path, one } = RESOURCES[this.kindOf("get", kind)];
    const answer = await this.#client.get(urlPath`/${path}/${id}`, {
      ...call,
      group: `${path}/show`,
      // 422: an id of another form, which can't be there
      passStatuses: [404, 422],
    });
    if (answer.status !== 200) return undefined;
    return this.read(kind, objectOf(answer.body())[one]);
  }

  async getMany<Kind extends CrmKind>(
    kind: Kind,
    ids: readonly string[],
    call?: CrmCallOptions,
  ): Promise<readonly (CrmRecord<Kind> | undefined)[]> {
    const found = new Map<string, CrmRecord<Kind> | undefined>();
    const left = [...new Set(ids)];
    const reader = async () => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        found.set(id, await this.get(kind, id, call));
      }
    };
    await Promise.all(Array.from({ length: READS_AT_ONCE }, reader));
    return ids.map((id) => found.get(id));
  }

  async create<Kind extends CrmKind>(draft: CrmDraft<Kind>, call?: CrmCallOptions): Promise<CrmRecord<Kind>> {
    const kind = this.#writable("create", draft.kind);
    const { path, one } = RESOURCES[kind];
    const wire = toRecord(draft, this.#settings);
    // Its plain create either makes a second record, or writes over the first one. This tells of the first, and leaves it alone.
    if (kind === "contact") return await this.#createContact(draft.kind, wire, call);
    const answer = await this.#send(kind, undefined, () =>
      this.#client.post(`/${path}`, { ...call, json: wire, group: `${path}/create` }),
    );
    return this.#written(draft.kind, objectOf(answer.body())[one]);
  }

  async update<Kind extends CrmKind>(
    change: CrmChange<Kind>,
    call?: CrmCallOptions,
  ): Promise<CrmRecord<Kind>> {
    const kind = this.#writable("update", change.kind);
    const { path, one } = RESOURCES[kind];
    const wire = toRecord(change, this.#settings);
    const answer = await this.#send(kind, change.id, () =>
      // the same values a second time change nothing more
      this.#client.patch(urlPath`/${path}/${change.id}`, {
        ...call,
        json: wire,
        replay: "safe",
        group: `${path}/update`,
      }),
    );
    return this.#written(change.kind, objectOf(answer.body())[one]);
  }

  /** A record of an answer. */
  read<Kind extends CrmKind>(kind: Kind, wire: unknown): CrmRecord<Kind> | undefined {
    return fromRecord(kind, objectOf(wire), this.#settings);
  }

  /** @throws `crm.unsupported` for a kind that Apollo doesn't keep. */
  kindOf(operation: string, kind: CrmKind): ApolloKind {
    if (kind !== "activity") return kind;
    throw unsupported(operation, kind, "Tasks have calls of their own: apollo.tasks.");
  }

  #writable(operation: string, kind: CrmKind): ApolloKind {
    if (this.#settings.writes) return this.kindOf(operation, kind);
    throw unsupported(operation, kind, "Set the option crm: true to let the SDK write to Apollo.");
  }

  async #createContact<Kind extends CrmKind>(
    kind: Kind,
    wire: Wire,
    call: CrmCallOptions | undefined,
  ): Promise<CrmRecord<Kind>> {
    const answer = await this.#send("contact", undefined, () =>
      this.#client.post("/contacts/bulk_create", {
        ...call,
        json: { contact_attributes: [wire] },
        group: "contacts/bulk_create",
      }),
    );
    const body = objectOf(answer.body());
    const [existing] = rowsOf(body["existing_contacts"]);
    if (existing !== undefined) throw exists(textOf(existing["id"]));
    return this.#written(kind, rowsOf(body["created_contacts"])[0]);
  }

  async #send<T>(kind: ApolloKind, id: string | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toCrmError(error, { kind, id, mapping: this.#settings.mapping });
    }
  }

  #written<Kind extends CrmKind>(kind: Kind, wire: unknown): CrmRecord<Kind> {
    const record = this.read(kind, wire);
    if (record !== undefined) return record;
    throw new SalesAgentError("service.malformed_response", {
      message: `apollo: it answered a write of a ${kind} with success and without the record. Look the record up before it is written again.`,
      facts: { service: "apollo" },
      replay: "unsafe",
    });
  }
}

/** The contact stands already. */
export function exists(recordId: string | undefined): SalesAgentError {
  return new SalesAgentError("crm.exists", {
    message: `apollo: it keeps such a contact already${recordId === undefined ? "" : `, ${recordId}`}, and left it as it is. Update that one.`,
    facts: { crm: "apollo", kind: "contact", ...(recordId === undefined ? {} : { recordId }) },
    replay: "safe",
  });
}
