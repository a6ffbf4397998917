import { createHash } from "node:crypto";
import type { JsonValue } from "@salesagent/ports";
import type { SeededIds } from "../shared/index.js";
import type { ApolloFields } from "./apollo-row.js";

/** A person of Apollo's own database. */
export interface KnownPerson {
  /** In Apollo's words, with the address that is the true one. */
  readonly wire: Readonly<Record<string, JsonValue>> & { readonly id: string };
  /** Their address is locked: answers hold a made-up one. @defaultValue false */
  readonly locked: boolean;
  /** A number that is told by callback only, and costs eight credits. */
  readonly mobile?: string;
}

/** What a person is asked for by. */
export type PersonDetails = Readonly<Record<string, string | undefined>>;

const HEX = "0123456789abcdef";

/** Ids as Apollo's: 24 hexadecimal digits. */
export const apolloId = (ids: SeededIds): string => ids.text(24, HEX);

/** People and organisations that Apollo knows, and what looking at them costs. */
export class ApolloPeople {
  readonly #ids: SeededIds;
  readonly #people: KnownPerson[] = [];
  readonly #organizations: ApolloFields[] = [];
  readonly #charged = new Map<string, number>();
  readonly #lookups = new Map<string, number>();

  constructor(ids: SeededIds) {
    this.#ids = ids;
  }

  get people(): readonly KnownPerson[] {
    return this.#people;
  }

  /** Credits that were taken in all. */
  get credits(): number {
    return [...this.#charged.values()].reduce((sum, credits) => sum + credits, 0);
  }

  /** How often a person's data was given out. */
  lookups(personId: string): number {
    return this.#lookups.get(personId) ?? 0;
  }

  addPerson(
    fields: ApolloFields,
    more: { readonly locked?: boolean; readonly mobile?: string } = {},
  ): KnownPerson {
    const id = textOf(fields["id"]) ?? apolloId(this.#ids);
    const name = [fields["first_name"], fields["last_name"]].flatMap((part) => textOf(part) ?? []).join(" ");
    const wire = { name, email_status: "verified", employment_history: [], ...fields, id };
    const { locked = false, mobile } = more;
    const person = { wire, locked, ...(mobile === undefined ? {} : { mobile }) };
    this.#people.push(person);
    return person;
  }

  addOrganization(fields: ApolloFields): ApolloFields {
    const organization = { ...fields, id: textOf(fields["id"]) ?? apolloId(this.#ids) };
    this.#organizations.push(organization);
    return organization;
  }

  /** The person that these details name; a name alone names nobody. */
  findPerson(details: PersonDetails): KnownPerson | undefined {
    return this.#people.find((person) => isPerson(person, details, this.#organizationOf(person)));
  }

  findOrganization(asked: PersonDetails): ApolloFields | undefined {
    return this.#organizations.find(
      (organization) =>
        (asked["domain"] !== undefined && organization["primary_domain"] === asked["domain"]) ||
        (asked["name"] !== undefined && fold(organization["name"]) === fold(asked["name"])) ||
        (asked["linkedin_url"] !== undefined &&
          linkedinPath(organization["linkedin_url"]) === linkedinPath(asked["linkedin_url"])) ||
        (asked["website"] !== undefined &&
          linkedinPath(organization["website_url"]) === linkedinPath(asked["website"])),
    );
  }

  /** Counts what a look at a person costs; nothing where the same was paid before. @returns What it cost. */
  charge(key: string, credits: number): number {
    this.#lookups.set(key, this.lookups(key) + 1);
    if (this.#charged.has(key)) return 0;
    this.#charged.set(key, credits);
    return credits;
  }

  /** As answers hold a person: with their organisation, and a made-up address where it is locked. */
  answerOf(person: KnownPerson): ApolloFields {
    const organization = this.#organizationOf(person);
    const shown = organization === undefined ? person.wire : { ...person.wire, organization };
    if (!person.locked) return shown;
    return { ...shown, email: "email_not_unlocked@domain.com", email_status: "unavailable" };
  }

  #organizationOf({ wire }: KnownPerson): ApolloFields | undefined {
    return this.#organizations.find(({ id }) => id === wire["organization_id"]);
  }
}

function isPerson(
  { wire }: KnownPerson,
  asked: PersonDetails,
  organization: ApolloFields | undefined,
): boolean {
  const email = textOf(wire["email"])?.toLowerCase();
  if (asked["id"] !== undefined) return wire.id === asked["id"];
  if (asked["email"] !== undefined && email === asked["email"].toLowerCase()) return true;
  if (asked["hashed_email"] !== undefined && email !== undefined && isHashOf(asked["hashed_email"], email)) {
    return true;
  }
  if (
    asked["linkedin_url"] !== undefined &&
    linkedinPath(asked["linkedin_url"]) === linkedinPath(wire["linkedin_url"])
  ) {
    return true;
  }
  const name = asked["name"] ?? [asked["first_name"], asked["last_name"]].filter(Boolean).join(" ");
  const worksThere =
    (asked["domain"] !== undefined && organization?.["primary_domain"] === asked["domain"]) ||
    (asked["organization_name"] !== undefined &&
      fold(organization?.["name"]) === fold(asked["organization_name"]));
  return name !== "" && worksThere && fold(wire["name"]) === fold(name);
}

function isHashOf(hash: string, email: string): boolean {
  return ["md5", "sha256"].some((kind) => createHash(kind).update(email).digest("hex") === hash);
}

const fold = (value: JsonValue | undefined) => textOf(value)?.trim().toLowerCase();

/** Without the scheme, `www.` and a slash at the end. */
const linkedinPath = (value: JsonValue | undefined) =>
  fold(value)
    ?.replace(/^https?:\/\/(www\.)?/, "")
    .replace(/\/$/, "");

/** A text that is not empty. */
export const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
