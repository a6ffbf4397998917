import { jsonAnswer } from "../shared/index.js";
import { failed, notFound } from "./apollo-answers.js";
import {
  type ApolloCall,
  type ApolloRoute,
  given,
  isTrue,
  listGiven,
  pageGiven,
  rowsGiven,
} from "./apollo-call.js";
import { type KnownPerson, type PersonDetails, textOf } from "./apollo-people.js";
import type { ApolloFields } from "./apollo-row.js";
import type { Waterfalls } from "./waterfalls.js";

const BY = [
  "id",
  "first_name",
  "last_name",
  "name",
  "email",
  "hashed_email",
  "organization_name",
  "domain",
  "linkedin_url",
] as const;

const LARGEST_BULK = 10;

/** Enrichment of people and organisations, and the search for people. */
export function peopleRoutes(waterfalls: Waterfalls): readonly ApolloRoute[] {
  const limits = "enrichment";
  return [
    {
      method: "POST",
      path: "/api/v1/people/match",
      name: "api/v1/people/match",
      limits,
      answer: (call) => match(call, waterfalls),
    },
    {
      method: "POST",
      path: "/api/v1/people/bulk_match",
      name: "api/v1/people/bulk_match",
      limits,
      answer: (call) => bulkMatch(call, waterfalls),
    },
    {
      method: "GET",
      path: "/api/v1/webhook_result/:id",
      name: "api/v1/webhook_result",
      answer: ({ params }) => waterfalls.answer(params["id"] ?? ""),
    },
    {
      method: "POST",
      path: "/api/v1/mixed_people/api_search",
      name: "api/v1/mixed_people/api_search",
      answer: search,
    },
    { method: "GET", path: "/api/v1/people/:id", name: "api/v1/people/show", answer: show },
    {
      method: "GET",
      path: "/api/v1/organizations/enrich",
      name: "api/v1/organizations/enrich",
      limits,
      answer: enrich,
    },
    {
      method: "POST",
      path: "/api/v1/organizations/bulk_enrich",
      name: "api/v1/organizations/bulk_enrich",
      limits,
      answer: bulkEnrich,
    },
  ];
}

function match(call: ApolloCall, waterfalls: Waterfalls): Response {
  const asked: PersonDetails = Object.fromEntries(BY.map((name) => [name, given(call, name)]));
  const later = laterOf(call);
  if (later instanceof Response) return later;
  const { database } = call.world;
  const found = database.findPerson(asked);
  if (found === undefined) return jsonAnswer({ person: null });
  database.charge(found.wire.id, 1);
  if (later === undefined) return jsonAnswer({ person: personOf(call, found) });
  const { email, ...person } = personOf(call, found);
  const shown = later === "phone" ? { ...person, email: email ?? null } : person;
  return waterfalls.accept([found], { person: shown }, later);
}

function bulkMatch(call: ApolloCall, waterfalls: Waterfalls): Response {
  const details = rowsGiven(call, "details");
  if (details === undefined || details.length === 0) {
    return failed(400, "INVALID_REQUEST", "details must be a list of objects");
  }
  if (details.length > LARGEST_BULK) {
    return failed(400, "RECORD_LIMIT_EXCEEDED", `at most ${LARGEST_BULK} records are taken`);
  }
  const later = laterOf(call);
  if (later instanceof Response) return later;
  const { database } = call.world;
  const found = details.map((one) => database.findPerson(one as PersonDetails));
  const people = found.flatMap((person) => person ?? []);
  const before = database.credits;
  for (const person of people) database.charge(person.wire.id, 1);
  const matches = found.map((person) => (person === undefined ? null : personOf(call, person)));
  if (later !== undefined) {
    const shown = matches.map((person) => {
      if (person === null) return null;
      const { email: _email, ...rest } = person;
      return rest;
    });
    return waterfalls.accept(people, { status: "success", matches: shown }, later);
  }
  return jsonAnswer({
    status: "success",
    error_code: null,
    error_message: null,
    total_requested_enrichments: details.length,
    unique_enriched_records: database.credits - before,
    missing_records: matches.filter((one) => one === null).length,
    credits_consumed: database.credits - before,
    matches,
  });
}

/** What is to come by callback; a refusal where there is nowhere to call. */
function laterOf(call: ApolloCall): "waterfall" | "phone" | undefined | Response {
  const waterfall = isTrue(call, "run_waterfall_email") || isTrue(call, "run_waterfall_phone");
  const phone = isTrue(call, "reveal_phone_number");
  if (!waterfall && !phone) return undefined;
  if (given(call, "webhook_url")?.startsWith("https://")) return waterfall ? "waterfall" : "phone";
  return failed(400, "INVALID_REQUEST", "webhook_url must be an https URL");
}

/** A person as told; one whom the team has saved comes with their contact. */
function personOf({ world }: ApolloCall, person: KnownPerson): ApolloFields {
  const shown = world.database.answerOf(person);
  const contact = world.contacts.rows().find((row) => row["person_id"] === person.wire.id);
  return contact === undefined ? shown : { ...shown, contact_id: contact.id, contact };
}

function show(call: ApolloCall): Response {
  const person = call.world.database.findPerson({ id: call.params["id"] });
  return person === undefined ? notFound("Person") : jsonAnswer({ person: personOf(call, person) });
}

function search(call: ApolloCall): Response {
  const { page, perPage } = pageGiven(call);
  const domains = listGiven(call, "q_organization_domains_list");
  const titles = listGiven(call, "person_titles").map((title) => title.toLowerCase());
  const found = call.world.database.people
    .map((person) => call.world.database.answerOf(person))
    .filter((person) => {
      const organization = person["organization"] as ApolloFields | undefined;
      const title = textOf(person["title"])?.toLowerCase() ?? "";
      return (
        (domains.length === 0 || domains.includes(textOf(organization?.["primary_domain"]) ?? "")) &&
        (titles.length === 0 || titles.some((one) => title.includes(one)))
      );
    });
  const people = found.slice((page - 1) * perPage, page * perPage).map(masked);
  return jsonAnswer({ total_entries: found.length, people });
}

/** Without the address, and with most of the last name covered. */
function masked(person: ApolloFields): ApolloFields {
  const last = textOf(person["last_name"]) ?? "";
  const covered = last === "" ? null : `${last.slice(0, 2)}***${last.slice(-1)}`;
  return {
    id: person["id"] ?? null,
    first_name: person["first_name"] ?? null,
    last_name_obfuscated: covered,
    title: person["title"] ?? null,
    has_email: textOf(person["email"]) !== undefined,
    organization: person["organization"] ?? null,
  };
}

function enrich(call: ApolloCall): Response {
  const asked = Object.fromEntries(
    ["domain", "name", "linkedin_url", "website"].map((name) => [name, given(call, name)]),
  );
  if (Object.values(asked).every((value) => value === undefined)) {
    return failed(422, "INVALID_REQUEST", "give a domain, linkedin_url, name or website");
  }
  const organization = call.world.database.findOrganization(asked);
  if (organization === undefined) return jsonAnswer({ organization: null });
  call.world.database.charge(String(organization["id"]), 1);
  return jsonAnswer({ organization });
}

function bulkEnrich(call: ApolloCall): Response {
  const domains = listGiven(call, "domains");
  if (domains.length === 0 || domains.length > LARGEST_BULK) {
    return failed(400, "RECORD_LIMIT_EXCEEDED", `give 1 to ${LARGEST_BULK} domains`);
  }
  const { database } = call.world;
  const organizations = domains.map((domain) => database.findOrganization({ domain }) ?? null);
  for (const one of organizations) if (one !== null) database.charge(String(one["id"]), 1);
  return jsonAnswer({
    status: "success",
    total_requested_domains: domains.length,
    missing_records: organizations.filter((one) => one === null).length,
    organizations,
  });
}
