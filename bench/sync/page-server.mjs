/**
 * A CRM on loopback that does nothing but hand out pages of contacts of about 1.2 KB, the first 100,000 of them made before it is
 * asked: `node page-server.mjs CONTACTS` prints its address once it is ready.
 */
import { createServer } from "node:http";

const total = Number(process.argv[2] ?? 20_000);
const PAGE = 100;
const MADE_BEFORE = 1_000;
const pick = (list, index) => list[index % list.length];

function contact(index) {
  const [first, last] = [`Given${index % 977}`, `Family${index % 1999}`];
  return {
    id: String(10_000_000 + index),
    updatedAt: new Date(1.76e12 + index * 1000).toISOString(),
    properties: {
      email: `${first}.${last}.${index}@buyer${index % 5000}.example`.toLowerCase(),
      firstname: first,
      lastname: last,
      phone: `+1555${String(index).padStart(7, "0")}`,
      jobtitle: pick(["VP Sales", "CTO", "Buyer", "Head of Operations"], index),
      country: pick(["DE", "US", "JP", "FR"], index),
      company: `Buyer ${index % 5000} Holding`,
      website: `www.buyer${index % 5000}.example`,
      lifecyclestage: pick(["lead", "opportunity", "customer", "subscriber"], index),
      status: pick(["new", "open", "in progress", ""], index),
      city: pick(["Berlin", "Austin", "Osaka", "Lyon"], index),
      address: `${index % 999} Long Industrial Avenue, Building ${index % 17}`,
      zip: String(10_000 + (index % 89_999)),
      revenue: String((index * 7919) % 10_000_000),
      employees: String((index * 31) % 5000),
      notes:
        `Met at trade fair ${index % 12}. Asked about single sign-on, audit export and volume prices. Reference ${index}. `.repeat(
          4,
        ),
      lastcontacted: new Date(1.75e12 + index * 5000).toISOString(),
      owner: String(5000 + (index % 40)),
      source: pick(["organic", "paid", "referral", "offline"], index),
      score: String((index * 13) % 100),
    },
  };
}

function pageOf(page) {
  const from = page * PAGE;
  const results = Array.from({ length: Math.min(PAGE, total - from) }, (_, place) => contact(from + place));
  return Buffer.from(JSON.stringify({ results, total, ...(from + PAGE < total ? { after: page + 1 } : {}) }));
}

const pages = Array.from({ length: Math.min(MADE_BEFORE, Math.ceil(total / PAGE)) }, (_, page) =>
  pageOf(page),
);

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const { searchParams } = new URL(request.url ?? "/", "http://loopback");
  const page = Number(searchParams.get("after") ?? 0);
  const body = pages[page] ?? pageOf(page);
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
