import { importLeads, textSource } from "@salesagent/intake";
import { openSales, worksElsewhere } from "./sales";

const csv = `Company,Website,Industry,Employees,Country,Founded
Figma,figma.com,Software,1001-5000,United States,2012
Linear,linear.app,Software,51-200,United States,2019
Personio,personio.com,Software,1001-5000,Germany,2015
Bolt,bolt.eu,Mobility,1001-5000,Estonia,2013
`;

/** Leads to look at, and a worker in this process where no other works. */
export async function begin(): Promise<void> {
  const sales = await openSales();
  const storage = sales.storage.tenant("acme");
  const { items } = await storage.leads.list({}, { limit: 1 });
  if (items.length === 0) {
    for await (const _ of importLeads({ source: textSource("demo.csv", csv), storage }));
  }
  if (!worksElsewhere) await sales.work();
}
