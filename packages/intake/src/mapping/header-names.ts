import { foldText } from "../normalise/fold-text.js";
import type { FieldPath } from "./fields.js";

/** Meanings that depend on the other columns, or on the values. */
export type OpenMeaning = "name" | "phone" | "country" | "linkedin" | "url" | "status";

/** What a header stands for: a field, a meaning still open, or nothing that is wanted. */
export type HeaderMeaning = FieldPath | OpenMeaning | "ignore";

/**
 * Headers as common exports write them (Apollo, HubSpot, Salesforce, LinkedIn, Crunchbase, Pipedrive, and plain sheets in
 * eleven languages), folded.
 */
const NAMES: Readonly<Record<HeaderMeaning, string>> = {
  "company.name":
    "company|company name|companyname|account|account name|organization|organisation|organization name|organisation name|business|business name|" +
    "employer|current company|legal name|brand|startup|startup name|firma|firmenname|unternehmen|unternehmensname|societe|entreprise|raison sociale|" +
    "nom de l entreprise|empresa|nombre de la empresa|nome da empresa|razon social|azienda|societa|ragione sociale|nome azienda|bedrijf|bedrijfsnaam|" +
    "nazwa firmy|foretag|foretagsnamn|virksomhed|компания|организация|会社名|企業名|公司|公司名称|企业名称",
  "company.domain":
    "domain|domain name|company domain|company domain name|website domain|primary domain|email domain|account domain|root domain|domaine|dominio|domena|домен|域名",
  "company.website":
    "website|web site|company website|company url|website url|homepage|home page|web|site|company site|web address|webseite|internetseite|site web|site internet|" +
    "sitio web|pagina web|sito|sito web|web page|webpage|strona|strona www|www|hemsida|сайт|веб сайт|ウェブサイト|网站|官网|organization website|account website|company link",
  "company.profileUrl":
    "profile|profile url|profile link|organization name url|crunchbase|crunchbase url|crunchbase profile|directory url|listing url|pitchbook|pitchbook url|yc url",
  "company.linkedinUrl":
    "company linkedin|company linkedin url|linkedin company page|linkedin company|company linkedin profile|linkedin company url|organization linkedin|" +
    "company linkedin link|company page linkedin|account linkedin|linkedin firma",
  "company.industry":
    "industry|company industry|primary industry|sector|vertical|branche|industrie|secteur|secteur d activite|industria|settore|setor|bransch|branza|отрасль|業種|行业|market",
  "company.subIndustries":
    "sub industry|sub industries|subindustry|subindustries|industries|industry groups|industry group|categories|category|tags|sub sector|subsector|secondary industry",
  "company.description":
    "description|company description|short description|about|about us|full description|overview|summary|bio|tagline|one liner|beschreibung|descripcion|descrizione|descricao|描述|organization description",
  "company.keywords":
    "keywords|keyword|company keywords|specialties|specialities|schlagworter|mots cles|palabras clave",
  "company.country":
    "company country|country company|account country|billing country|hq country|headquarters country|organization country|country of incorporation|company country code|billing country code",
  "company.region":
    "state|region|province|county|company state|state region|state province|billing state|billing state province|bundesland|kanton|departement|provincia|regione|estado|company region|hq state|shipping state",
  "company.city":
    "city|town|company city|billing city|hq city|headquarters city|stadt|ort|ville|ciudad|citta|cidade|localidad|miasto|plaats|город|都市|城市",
  "company.address":
    "address|company address|street|street address|full address|company street|billing street|billing address|headquarters|headquarters location|hq|hq location|location|" +
    "company location|anschrift|adresse|strasse|direccion|indirizzo|endereco|adres|адрес|住所|地址|locations|mailing address",
  "company.employees":
    "employees|employee count|number of employees|no of employees|num employees|employee range|employee size|company size|team size|size|headcount|head count|staff|staff count|" +
    "fte|company headcount|employees count|linkedin employees|size range|mitarbeiter|mitarbeiterzahl|anzahl mitarbeiter|effectif|effectifs|nombre d employes|nombre de salaries|" +
    "empleados|numero de empleados|dipendenti|numero dipendenti|funcionarios|numero de funcionarios|medewerkers|aantal medewerkers|pracownicy|anstallda|сотрудники|従業員数|员工人数|employees on linkedin",
  "company.foundedYear":
    "founded|founded year|year founded|founded date|founding year|founded in|year established|established|foundation year|incorporated|date founded|gegrundet|grundungsjahr|" +
    "annee de creation|date de creation|ano de fundacion|fundacion|anno di fondazione|ano de fundacao|opgericht|rok zalozenia|год основания|設立年|成立年份|year of foundation",
  "company.revenueUsd":
    "revenue|annual revenue|company revenue|estimated revenue|estimated revenue range|revenue range|arr|annual revenue usd|revenue usd|sales volume|turnover|umsatz|jahresumsatz|" +
    "chiffre d affaires|ca|ingresos|facturacion|fatturato|faturamento|receita|omzet|przychod|выручка|売上高|营收",
  "company.fundingUsd":
    "funding|total funding|total funding amount|funding total|funding amount|total raised|raised|amount raised|money raised|total funding usd|total equity funding amount|total funding amount currency in usd|total funding amount in usd|finanzierung",
  "company.fundingStage":
    "funding stage|latest funding|latest funding stage|last funding type|last funding round|last round|funding round|funding type|funding status|stage of funding|latest funding type|series",
  "company.technologies":
    "technologies|technology|tech stack|tech|stack|technographics|tools used|web technologies|technologien",
  "company.status": "company status|operating status|business status|status company|organization status",
  "company.phone":
    "company phone|company phone number|corporate phone|hq phone|main phone|account phone|office phone|switchboard|company main phone|zentrale|headquarters phone",
  "contact.firstName":
    "first name|firstname|given name|forename|first|contact first name|lead first name|vorname|prenom|nombre|nome proprio|voornaam|imie|fornamn|имя|名",
  "contact.lastName":
    "last name|lastname|surname|family name|last|contact last name|lead last name|nachname|nom de famille|apellido|apellidos|cognome|sobrenome|achternaam|nazwisko|efternamn|фамилия|姓",
  "contact.fullName":
    "full name|fullname|contact|contact name|person|person name|contact person|lead name|primary contact|ansprechpartner|kontakt|kontaktperson|nom complet|interlocuteur|nombre completo|contacto|referente|contatto|nome completo|contactpersoon|фио|氏名|担当者|姓名|联系人|key contact|decision maker|founder name|ceo name",
  "contact.email":
    "email|e mail|email address|e mail address|mail|work email|business email|contact email|primary email|person email|lead email|email 1|emails|e mail adresse|mailadresse|" +
    "courriel|adresse e mail|adresse email|adresse mail|correo|correo electronico|posta elettronica|indirizzo email|endereco de email|e mailadres|adres email|e post|эл почта|почта|メール|メールアドレス|邮箱|电子邮件|電子メール",
  "contact.phone":
    "mobile|mobile phone|cell|cell phone|direct phone|direct dial|work direct phone|mobile number|person phone|contact phone|handy|mobil|mobiltelefon|portable|movil|celular|cellulare|work phone|phone mobile|mobile phone number",
  "contact.title":
    "title|job title|jobtitle|position|role|job|job position|contact title|headline|person title|function|funktion|berufsbezeichnung|jobtitel|poste|fonction|intitule du poste|cargo|puesto|ruolo|qualifica|functie|stanowisko|befattning|должность|役職|职位",
  "contact.seniority": "seniority|seniority level|management level|job level|level",
  "contact.department":
    "department|departments|job function|team|abteilung|departement contact|service|departamento|reparto|afdeling|отдел|部署|部门",
  "contact.linkedinUrl":
    "person linkedin|person linkedin url|contact linkedin|contact linkedin url|linkedin profile|linkedin profile url|profile linkedin|linkedin person|linkedin contact profile url",
  "contact.country": "contact country|person country|lead country|mailing country|country of residence",
  "contact.timeZone": "timezone|time zone|tz|zeitzone|contact timezone|fuseau horaire|zona horaria",
  name: "name|nom|nome|naam|nazwa|namn|navn|имя и фамилия|название|名前|名称|名称 name|lead",
  phone:
    "phone|telephone|phone number|phone no|tel|telefon|telefonnummer|rufnummer|numero de telephone|telefono|telefone|telefoon|numer telefonu|телефон|電話|電話番号|电话|contact number|phones|phone 1",
  country: "country|country region|country code|nation|land|staat|pays|pais|paese|kraj|страна|国|国家",
  linkedin: "linkedin|linkedin url|linkedin link|linkedin page|li url|social linkedin",
  url: "url|link|web link|address url",
  status: "status|state of business|estado de la empresa",
  ignore: "rejected row|rejected because",
};

/** `Company;Website` is a row that was not cut, however well it is known once punctuation is dropped. */
const UNCUT = /[,;|\t]|\S:\S/;

let meanings: ReadonlyMap<string, HeaderMeaning> | undefined;

/** What a header stands for; undefined when it is not known. Case, accents, punctuation and camel case do not matter. */
export function meaningOfHeader(header: string): HeaderMeaning | undefined {
  meanings ??= new Map(
    Object.entries(NAMES).flatMap(([meaning, names]) =>
      names.split("|").map((name) => [name, meaning as HeaderMeaning] as const),
    ),
  );
  if (UNCUT.test(header)) return undefined;
  const plain = header.replace(/\((?:usd|\$|us\$|year|people|in usd)\)/gi, "").replace(/^#\s*/, "number of ");
  const folded = foldText(plain);
  return (
    meanings.get(folded) ??
    meanings.get(foldText(plain.replace(/([a-z])([A-Z])/g, "$1 $2"))) ??
    meanings.get(folded.replace(/ (?:\d+|usd)$/, ""))
  );
}
