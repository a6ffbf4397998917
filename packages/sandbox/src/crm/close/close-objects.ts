import { isRecord } from "../shared/json-answer.js";
import type { CloseActor, CloseDoc } from "./close-doc.js";
import { readAddresses, readEmails, readPhones, readText, readUrls } from "./close-fields.js";
import { fieldRefusal } from "./close-refusal.js";
import type { CloseSettings } from "./close-settings.js";
import type { CloseWorld } from "./close-world.js";

type Body = Readonly<Record<string, unknown>>;

/** Leads, contacts and opportunities as bodies make them and answers show them. */
export class CloseObjects {
  readonly #world: CloseWorld;
  readonly #settings: CloseSettings;

  constructor(world: CloseWorld, settings: CloseSettings) {
    this.#world = world;
    this.#settings = settings;
  }

  createLead(body: Body, actor: CloseActor): CloseDoc {
    const nested = body["contacts"];
    if (nested !== undefined && !Array.isArray(nested)) throw fieldRefusal("contacts", "Expected a list.");
    const contacts = (nested ?? []).map((contact: unknown) => {
      if (!isRecord(contact)) throw fieldRefusal("contacts", "Expected a list of objects.");
      return this.#contactFields(contact, {});
    });
    const lead = this.#world.insert("lead", { ...EMPTY_LEAD, ...this.#leadFields(body, {}) }, actor);
    for (const contact of contacts) {
      this.#world.insert("contact", { ...EMPTY_CONTACT, ...contact, lead_id: lead.id }, actor);
    }
    return this.#world.need("lead", lead.id);
  }

  updateLead(id: string, body: Body, actor: CloseActor): CloseDoc {
    const standing = this.#world.need("lead", id);
    return this.#world.patch("lead", id, this.#leadFields(body, standing), actor);
  }

  /** Without a lead it makes one, named after the contact. */
  createContact(body: Body, actor: CloseActor): CloseDoc {
    const fields = this.#contactFields(body, {});
    const leadId = this.#leadFor(body, fields["name"], actor);
    return this.#world.insert("contact", { ...EMPTY_CONTACT, ...fields, lead_id: leadId }, actor);
  }

  updateContact(id: string, body: Body, actor: CloseActor): CloseDoc {
    const standing = this.#world.need("contact", id);
    const moved = readText(body, "lead_id");
    if (typeof moved === "string") this.#needLead(moved);
    const lead = typeof moved === "string" ? { lead_id: moved } : {};
    return this.#world.patch("contact", id, { ...this.#contactFields(body, standing), ...lead }, actor);
  }

  /** Without a lead it makes one without a name. */
  createOpportunity(body: Body, actor: CloseActor): CloseDoc {
    const fields = this.#withDateWon({
      ...this.#emptyOpportunity(actor),
      ...this.#opportunityFields(body, {}),
    });
    return this.#world.insert("opportunity", { ...fields, lead_id: this.#leadFor(body, "", actor) }, actor);
  }

  updateOpportunity(id: string, body: Body, actor: CloseActor): CloseDoc {
    const standing = this.#world.need("opportunity", id);
    const changed = this.#withDateWon({ ...standing, ...this.#opportunityFields(body, standing) });
    return this.#world.patch("opportunity", id, changed, actor);
  }

  renderLead(lead: Body): Body {
    const id = String(lead["id"]);
    const contacts = this.#world.childrenOf(id, "contact").map((contact) => this.renderContact(contact));
    return {
      ...lead,
      display_name: displayName(lead, contacts[0]),
      html_url: `https://app.close.com/lead/${id}/`,
      status_label: this.#settings.leadStatuses.find((status) => status.id === lead["status_id"])?.label,
      contacts,
      opportunities: this.#world.childrenOf(id, "opportunity").map((doc) => this.renderOpportunity(doc)),
      tasks: this.#world.childrenOf(id, "task.lead").filter((task) => task["is_complete"] !== true),
    };
  }

  renderContact(contact: Body): Body {
    const emails = (contact["emails"] ?? []) as readonly { readonly email: string }[];
    const shown = emails.map((item) => ({
      ...item,
      is_unsubscribed: this.#world.unsubscribed.has(item.email),
    }));
    return { ...contact, emails: shown, display_name: contact["name"] || emails[0]?.email || "" };
  }

  /** Opportunities with the type of their status, by which lists are filtered. */
  withStatusTypes(opportunities: readonly CloseDoc[]): CloseDoc[] {
    const types = new Map(this.#settings.opportunityStatuses.map(({ id, type }) => [id, type]));
    return opportunities.map((doc) => ({ ...doc, status_type: types.get(String(doc["status_id"])) }));
  }

  renderOpportunity(opportunity: Body): Body {
    const status = this.#settings.opportunityStatuses.find(({ id }) => id === opportunity["status_id"]);
    const lead = this.#world.find("lead", String(opportunity["lead_id"]));
    const contact = this.#world.find("contact", String(opportunity["contact_id"]));
    const value = opportunity["value"];
    return {
      ...opportunity,
      value_formatted: typeof value === "number" ? `$${(value / 100).toLocaleString("en-US")}` : null,
      status_label: status?.label,
      status_type: status?.type,
      pipeline_id: this.#settings.pipeline.id,
      pipeline_name: this.#settings.pipeline.name,
      lead_name: lead === undefined ? null : this.#leadName(lead),
      contact_name: contact?.["name"] ?? null,
    };
  }

  #leadName(lead: Body): string {
    const [contact] = this.#world.childrenOf(String(lead["id"]), "contact");
    return displayName(lead, contact === undefined ? undefined : this.renderContact(contact));
  }

  #leadFor(body: Body, name: unknown, actor: CloseActor): string {
    const asked = readText(body, "lead_id");
    if (typeof asked !== "string")
      return this.createLead({ name: typeof name === "string" ? name : "" }, actor).id;
    this.#needLead(asked);
    return asked;
  }

  #needLead(id: string): void {
    if (this.#world.find("lead", id) === undefined) throw fieldRefusal("lead_id", "Lead does not exist.");
  }

  #leadFields(body: Body, standing: Body): Record<string, unknown> {
    refuseUnknown(body, LEAD_KEYS);
    const status = readText(body, "status_id");
    if (typeof status === "string" && !this.#settings.leadStatuses.some(({ id }) => id === status)) {
      throw fieldRefusal("status_id", "Status does not exist.");
    }
    return defined(
      {
        name: readText(body, "name"),
        url: readText(body, "url"),
        description: readText(body, "description"),
        status_id: status ?? (standing["id"] === undefined ? this.#settings.leadStatuses[0]?.id : undefined),
        addresses: body["addresses"] === undefined ? undefined : readAddresses(body["addresses"]),
        ...this.#settings.readCustom("lead", body, standing),
      },
      body,
    );
  }

  #contactFields(body: Body, standing: Body): Record<string, unknown> {
    refuseUnknown(body, CONTACT_KEYS);
    const isUnsubscribed = (email: string) => this.#world.unsubscribed.has(email);
    return defined(
      {
        name: readText(body, "name"),
        title: readText(body, "title"),
        timezone: readText(body, "timezone"),
        emails: body["emails"] === undefined ? undefined : readEmails(body["emails"], isUnsubscribed),
        phones: body["phones"] === undefined ? undefined : readPhones(body["phones"]),
        urls: body["urls"] === undefined ? undefined : readUrls(body["urls"]),
        ...this.#settings.readCustom("contact", body, standing),
      },
      body,
    );
  }

  /** A deal that is won has a day on which it was. */
  #withDateWon(fields: Record<string, unknown>): Record<string, unknown> {
    const status = this.#settings.opportunityStatuses.find(({ id }) => id === fields["status_id"]);
    if (status?.type !== "won" || (fields["date_won"] ?? null) !== null) return fields;
    return { ...fields, date_won: new Date(this.#world.time.nowMs()).toISOString().slice(0, 10) };
  }

  #emptyOpportunity(actor: CloseActor): Record<string, unknown> {
    return {
      note: "",
      value: null,
      value_currency: "USD",
      value_period: "one_time",
      confidence: 50,
      status_id: this.#settings.opportunityStatuses[0]?.id,
      contact_id: null,
      user_id: actor.userId,
      date_won: null,
      date_lost: null,
      attachments: [],
    };
  }

  #opportunityFields(body: Body, standing: Body): Record<string, unknown> {
    refuseUnknown(body, OPPORTUNITY_KEYS);
    const { value, confidence } = body;
    const isCleared = value === null && standing["id"] === undefined;
    if (value !== undefined && !isCleared && !Number.isSafeInteger(value)) {
      throw fieldRefusal("value", "Not a whole number of cents.");
    }
    if (
      confidence !== undefined &&
      !(Number.isInteger(confidence) && Number(confidence) >= 0 && Number(confidence) <= 100)
    ) {
      throw fieldRefusal("confidence", "Must be 0 to 100.");
    }
    const status = readText(body, "status_id");
    if (typeof status === "string" && !this.#settings.opportunityStatuses.some(({ id }) => id === status)) {
      throw fieldRefusal("status_id", "Status does not exist.");
    }
    const won = readText(body, "date_won");
    if (typeof won === "string" && !/^\d{4}-\d\d-\d\d$/.test(won))
      throw fieldRefusal("date_won", "Not a date.");
    return defined(
      {
        note: readText(body, "note"),
        contact_id: readText(body, "contact_id"),
        user_id: readText(body, "user_id"),
        value_period: readText(body, "value_period"),
        value,
        confidence,
        status_id: status,
        date_won: won,
        ...this.#settings.readCustom("opportunity", body, standing),
      },
      body,
    );
  }
}

const LEAD_KEYS = ["name", "url", "description", "status_id", "addresses", "contacts"];
const CONTACT_KEYS = ["lead_id", "name", "title", "timezone", "emails", "phones", "urls"];
const OPPORTUNITY_KEYS = [
  ...["lead_id", "contact_id", "user_id", "note", "value", "value_period", "confidence", "status_id"],
  ...["date_won"],
];

/** Close takes no field that it doesn't know. */
function refuseUnknown(body: Body, known: readonly string[]): void {
  const strange = Object.keys(body).find((key) => !known.includes(key) && !key.startsWith("custom."));
  if (strange !== undefined) throw fieldRefusal(strange, "Unknown field.");
}

function displayName(lead: Body, contact: Body | undefined): string {
  return String(lead["name"] || contact?.["display_name"] || "Untitled");
}

/** Fields that were sent; a custom field that is cleared stays named, without a value. */
function defined(fields: Record<string, unknown>, body: Body): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => value !== undefined || body[name] === null),
  );
}

const EMPTY_LEAD = { name: "", url: null, description: "", addresses: [], integration_links: [] };
const EMPTY_CONTACT = {
  name: "",
  title: "",
  timezone: null,
  emails: [],
  phones: [],
  urls: [],
  integration_links: [],
};
