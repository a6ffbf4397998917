import type { Seniority } from "@salesagent/ports";
import { foldText } from "./fold-text.js";

/** First match counts; the words are those of a folded title. */
const SENIORITIES: readonly (readonly [Seniority, RegExp])[] = [
  [
    "individual",
    /\b(?:assistant|secretary|sekretar\w*|assistenz|assistentin)\b(?!.*\b(?:director|manager|vice president|vp)\b)/,
  ],
  [
    "owner",
    /\b(?:co ?founders?|founders?|owner|co owner|proprietor|grunder(?:in)?|inhaber(?:in)?|fondateur|fondatrice|propietario|fundador(?:a)?)\b/,
  ],
  [
    "executive",
    /\b(?:c[efotmpirsdh]o|cro|ciso|chro|chief|evp|svp|avp|vp|vice president|geschaftsfuhrer(?:in)?|vorstand|managing director|general manager|executive director|pdg|directeur general|director general)\b|(?<!\bvice )\bpresident\b/,
  ],
  ["executive", /\bmanaging partner\b/],
  [
    "director",
    /\b(?:director|directora?|directeur|directrice|direktor(?:in)?|head|head of|bereichsleiter(?:in)?|principal partner|partner)\b/,
  ],
  [
    "manager",
    /\b(?:manager|lead|leader|leiter(?:in)?|teamleiter(?:in)?|supervisor|responsable|gerente|team lead|coordinator)\b/,
  ],
];

/** Roles whose name sounds like leading others, but is not. */
const NOT_LEADING =
  /\b(?:account manager|project manager|product manager|program manager|community manager|case manager|office manager|social media manager|lead generation|customer success manager)\b/;

const DEPARTMENTS: readonly (readonly [string, RegExp])[] = [
  [
    "customer success",
    /\b(?:customer (?:success|support|service|experience)|support|helpdesk|kundenservice|client services)\b/,
  ],
  [
    "sales",
    /\b(?:sales|account (?:executive|manager)|business development|bdr|sdr|revenue|cro|vertrieb\w*|ventes|ventas|commercial|partnerships?)\b/,
  ],
  [
    "marketing",
    /\b(?:marketing|growth|brand|content|seo|demand generation|communications|public relations|pr|cmo)\b/,
  ],
  ["product", /\b(?:product|produkt\w*|cpo|ux researcher)\b/],
  ["design", /\b(?:design|designer|ux|ui|creative)\b/],
  ["data", /\b(?:data|analytics|machine learning|ml|ai|scientist)\b/],
  [
    "engineering",
    /\b(?:engineer|engineering|developer|software|devops|sre|programmer|entwickler(?:in)?|cto|technical|technology|technik|architect|r d|research)\b/,
  ],
  [
    "it",
    /\b(?:it|information technology|cio|ciso|security|infrastructure|systems? administrator|sysadmin)\b/,
  ],
  [
    "finance",
    /\b(?:finance|financial|cfo|accounting|accountant|controller|controlling|treasur\w*|tax|buchhalt\w*|finanz\w*)\b/,
  ],
  ["people", /\b(?:hr|human resources|people|talent|recruit\w*|chro|personal\w*)\b/],
  ["legal", /\b(?:legal|lawyer|counsel|attorney|compliance|recht|jurist\w*)\b/],
  ["procurement", /\b(?:procurement|purchasing|buyer|sourcing|einkauf\w*|achats|compras)\b/],
  [
    "operations",
    /\b(?:operations?|ops|coo|logistics|supply chain|manufacturing|production|facilities|administration)\b/,
  ],
];

/** How far up a job title stands; undefined when it says nothing of it. */
export function seniorityOfTitle(title: string): Seniority | undefined {
  const folded = foldText(title);
  if (folded === "") return undefined;
  for (const [seniority, words] of SENIORITIES) {
    if (words.test(folded)) {
      return seniority === "manager" && NOT_LEADING.test(folded) ? "individual" : seniority;
    }
  }
  return "individual";
}

/** The department of a job title, such as `sales` or `engineering`; undefined when it names none. */
export function departmentOfTitle(title: string): string | undefined {
  const folded = foldText(title);
  return DEPARTMENTS.find(([, words]) => words.test(folded))?.[0];
}

/** Seniority as a column of its own writes it: `C suite`, `VP`, `Entry`, `Senior`. */
export function normaliseSeniority(text: string): Seniority | undefined {
  const folded = foldText(text);
  if (/^(?:c suite|c level|cxo|vp|c)$/.test(folded)) return "executive";
  if (/^(?:entry|senior|junior|intern|training|unpaid|individual(?: contributor)?|ic|staff)$/.test(folded))
    return "individual";
  if (/^(?:owner|executive|director|manager|individual)$/.test(folded)) return folded as Seniority;
  const title = seniorityOfTitle(text);
  return title === "individual" ? undefined : title;
}
