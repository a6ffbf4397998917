import type {
  CompanyFields,
  ContactFields,
  FieldProvenance,
  Position,
  Profile,
  Provenance,
} from "@salesagent/ports";
import { objectOf } from "./devtools-connection.js";
import { jsonLdBlocks, metaValues, titleOf } from "./html-parts.js";
import { lineOf, paragraphOf } from "./page-text.js";

type Wire = Readonly<Record<string, unknown>>;

/** A page that is to be read. */
export interface ProfilePage {
  readonly html: string;
  /** The profile's address in its normal form. */
  readonly url: string;
  /** When it was read, ISO 8601 in UTC. */
  readonly at: string;
}

/**
 * What a public page of a person or a company says. The data that LinkedIn puts there for search engines (JSON-LD) comes first, then
 * what it puts there for previews; the layout is not looked at. Nothing where neither tells a name.
 */
export function parseProfilePage(page: ProfilePage): Profile | undefined {
  const nodes = jsonLdBlocks(page.html).flatMap(nodesOf);
  const metas = metaValues(page.html);
  return /^https:\/\/www\.linkedin\.com\/company\//.test(page.url)
    ? companyOf(page, nodes, metas)
    : personOf(page, nodes, metas);
}

function nodesOf(block: unknown): readonly Wire[] {
  if (Array.isArray(block)) return block.flatMap(nodesOf);
  const node = objectOf(block);
  const graph = node["@graph"];
  return Array.isArray(graph) ? [node, ...graph.flatMap(nodesOf)] : [node, ...mainEntity(node)];
}

const mainEntity = (node: Wire): readonly Wire[] =>
  node["mainEntity"] === undefined ? [] : [objectOf(node["mainEntity"])];

const isOf = (type: string) => (node: Wire) => listOf(node["@type"]).includes(type);

function personOf(
  page: ProfilePage,
  nodes: readonly Wire[],
  metas: ReadonlyMap<string, string>,
): Profile | undefined {
  const node = nodes.find(isOf("Person")) ?? {};
  const preview = previewOf(metas.get("og:title") ?? titleOf(page.html));
  const fullName = lineOf(node["name"]) ?? preview.name;
  if (fullName === undefined) return undefined;
  const positions = listOf(node["worksFor"]).flatMap((one) => positionOf(objectOf(one), node));
  const country = countryOf(node);
  const headline = headlineOf(node, preview.rest);
  const title = lineOf(listOf(node["jobTitle"])[0]) ?? positions[0]?.title;
  const fields: ContactFields = {
    ...namesOf(node, metas),
    fullName,
    ...(title === undefined ? {} : { title }),
    linkedinUrl: page.url,
    ...(country === undefined ? {} : { country }),
  };
  const about = paragraphOf(node["description"]) ?? paragraphOf(metas.get("og:description"));
  return {
    kind: "person",
    contact: { ...fields, provenance: provenanceOf(fields, page.at) },
    ...(headline === undefined ? {} : { headline }),
    ...(about === undefined ? {} : { about }),
    positions,
  };
}

/** Given and family name only where they are told apart: splitting a name would be a guess. */
function namesOf(node: Wire, metas: ReadonlyMap<string, string>): ContactFields {
  const firstName = lineOf(node["givenName"]) ?? lineOf(metas.get("profile:first_name"));
  const lastName = lineOf(node["familyName"]) ?? lineOf(metas.get("profile:last_name"));
  return {
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
  };
}

/** `Ada Byron - CTO - Figma | LinkedIn` */
function previewOf(text: string | undefined): { readonly name?: string; readonly rest?: string } {
  const line = lineOf(text)?.replace(/\s*[|–-]\s*LinkedIn.*$/i, "");
  if (line === undefined || line === "") return {};
  const [name, ...rest] = line.split(/\s[–-]\s/);
  return { ...(name ? { name } : {}), ...(rest.length === 0 ? {} : { rest: rest.join(" - ") }) };
}

const headlineOf = (node: Wire, preview: string | undefined) => lineOf(node["headline"]) ?? preview;

function positionOf(employer: Wire, person: Wire): readonly Position[] {
  const company = lineOf(employer["name"]);
  if (company === undefined) return [];
  const role = objectOf(employer["member"]);
  const title = lineOf(role["roleName"]) ?? lineOf(listOf(person["jobTitle"])[0]) ?? "";
  const [from, until] = [monthOf(role["startDate"]), monthOf(role["endDate"])];
  return [
    { title, company, ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) },
  ];
}

function monthOf(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : lineOf(value);
  return /^\d{4}(?:-\d{2})?/.exec(text ?? "")?.[0];
}

function companyOf(
  page: ProfilePage,
  nodes: readonly Wire[],
  metas: ReadonlyMap<string, string>,
): Profile | undefined {
  const node = nodes.find(isOf("Organization")) ?? {};
  const name = lineOf(node["name"]) ?? previewOf(metas.get("og:title") ?? titleOf(page.html)).name;
  if (name === undefined) return undefined;
  const website = websiteOf(node);
  const country = countryOf(node);
  const city = lineOf(objectOf(node["address"])["addressLocality"]);
  const employees = Number(objectOf(node["numberOfEmployees"])["value"]);
  const fields: CompanyFields = {
    name,
    linkedinUrl: page.url,
    ...(website === undefined ? {} : { website }),
    ...(country === undefined ? {} : { country }),
    ...(city === undefined ? {} : { city }),
    ...(Number.isInteger(employees) && employees > 0
      ? { employees: { min: employees, max: employees } }
      : {}),
  };
  const about = paragraphOf(node["description"]) ?? paragraphOf(metas.get("og:description"));
  return {
    kind: "company",
    company: { ...fields, provenance: provenanceOf(fields, page.at) },
    ...(about === undefined ? {} : { about }),
  };
}

/** The company's own site, and not a page of LinkedIn's. */
function websiteOf(node: Wire): string | undefined {
  const links = [...listOf(node["sameAs"]), node["url"]].flatMap((one) => lineOf(one) ?? []);
  return links.find((link) => {
    if (!URL.canParse(link)) return false;
    const { hostname, protocol } = new URL(link);
    return /^https?:$/.test(protocol) && !/(^|\.)linkedin\.com$/.test(hostname);
  });
}

function countryOf(node: Wire): string | undefined {
  const told = objectOf(node["address"])["addressCountry"];
  const code = lineOf(typeof told === "string" ? told : objectOf(told)["name"]);
  return code !== undefined && /^[a-z]{2}$/i.test(code) ? code.toUpperCase() : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

function provenanceOf<Fields extends object>(fields: Fields, at: string): FieldProvenance<Fields> {
  const source: Provenance = { source: "linkedin", at };
  return Object.fromEntries(Object.keys(fields).map((name) => [name, source])) as FieldProvenance<Fields>;
}
