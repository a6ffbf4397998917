/** A person of a made-up company. */
export interface MadeUpContact {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly title: string;
  /** E.164. */
  readonly phone: string;
}

/** A made-up company with people, and sometimes a deal. */
export interface MadeUpAccount {
  readonly name: string;
  readonly domain: string;
  readonly city: string;
  readonly contacts: readonly MadeUpContact[];
  /** In cents. */
  readonly dealMinor: number | undefined;
}

const FIRST_NAMES =
  "Ada Alan Amara Anders Anya Arjun Beatriz Bela Bruno Carla Chen Clara Dario Dina Edgar Elif Emil Esra Farah Felix Greta Hana Hugo Ines Ivan Jana Jonas Kaito Kira Lars Leila Lena Luca Mara Mateo Mei Milan Nadia Nils Noor Olga Omar Paula Pedro Quinn Rania Rosa Samir Sofia Tariq Tessa Tomas Uma Vera Viktor Wanda Xenia Yara Yusuf Zoe".split(
    " ",
  );
const LAST_NAMES =
  "Adeyemi Almeida Bauer Bergman Castro Costa Dahl Demir Eriksen Fischer Fontaine Garcia Haddad Hansen Ibrahim Ito Jansen Johansson Kaya Keller Kovacs Lang Larsen Lindqvist Lopez Maier Marin Mendes Moreau Nakamura Novak Okafor Olsen Park Pereira Petrov Quist Rahman Ricci Romero Sato Schmid Silva Sokolov Tanaka Toth Ueda Varga Virtanen Weber Winter Yilmaz Zeman Ziegler".split(
    " ",
  );
const COMPANY_STARTS =
  "Amber Anchor Apex Arbor Aspen Atlas Beacon Birch Bright Canyon Cedar Cinder Cobalt Copper Coral Crest Delta Drift Ember Falcon Fern Flint Garnet Glacier Harbor Hazel Indigo Juniper Lantern Maple Meadow Onyx Orchard Pine Prism Quarry Raven Ridge River Sage Slate Sparrow Summit Timber Tundra Vale Willow".split(
    " ",
  );
const COMPANY_ENDS =
  "Analytics Bakery Clinic Foods Foundry Freight Garden Hotels Labs Legal Media Motors Optics Paper Partners Robotics School Security Software Solar Studio Supply Systems Textiles Travel Works".split(
    " ",
  );
const TITLES =
  "Account Executive|Chief Financial Officer|Chief Technology Officer|Customer Success Manager|Data Analyst|Engineering Manager|Founder|Head of Marketing|Head of Operations|Head of Sales|HR Director|Marketing Manager|Office Manager|Procurement Lead|Product Manager|Sales Director|Software Engineer|VP of Sales".split(
    "|",
  );
const CITIES =
  "Bergen Bologna Bristol Denver Ghent Graz Krakow Lagos Leipzig Lyon Nagoya Osaka Porto Pune Quito Seville Tallinn Toronto Turku Utrecht".split(
    " ",
  );

const CONTACTS_AN_ACCOUNT = 4;
const ACCOUNTS_A_DEAL = 5;

/**
 * Made-up companies with four people each, as many as it takes. Equal seeds give equal ones; addresses are under `.example`, which
 * is nobody's, and numbers are those that are kept for films.
 */
export function* madeUpAccounts(contacts: number, seed: number): Generator<MadeUpAccount> {
  const random = seededRandom(seed);
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? "";
  for (let made = 0, account = 1; made < contacts; account++) {
    const name = `${pick(COMPANY_STARTS)} ${pick(COMPANY_ENDS)}`;
    const domain = `${name.toLowerCase().replace(" ", "-")}-${account}.example`;
    const people: MadeUpContact[] = [];
    while (people.length < CONTACTS_AN_ACCOUNT && made < contacts) {
      made += 1;
      const [firstName, lastName] = [pick(FIRST_NAMES), pick(LAST_NAMES)];
      const email = `${firstName}.${lastName}.${made}@${domain}`.toLowerCase();
      const phone = `+1${200 + (made % 700)}555${String(100 + (made % 100)).padStart(4, "0")}`;
      people.push({ firstName, lastName, email, title: pick(TITLES), phone });
    }
    const dealMinor = account % ACCOUNTS_A_DEAL === 0 ? Math.round(5 + random() * 495) * 100_000 : undefined;
    yield { name: `${name} ${account}`, domain, city: pick(CITIES), contacts: people, dealMinor };
  }
}

/** Mulberry32, by Tommy Ettinger: numbers in [0, 1) that follow from the seed. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
