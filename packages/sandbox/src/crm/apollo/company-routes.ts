import { jsonAnswer } from "../shared/index.js";
import { notFound, pageAnswer, unprocessable } from "./apollo-answers.js";
import { type ApolloCall, type ApolloRoute, given, isTrue, pageGiven, rowsGiven } from "./apollo-call.js";
import type { ApolloFields } from "./apollo-row.js";
import { accountFields, opportunityFields } from "./apollo-world.js";
import { customProblem } from "./custom-problem.js";

/** Accounts, which nothing keeps from being made twice, and deals. */
export function companyRoutes(): readonly ApolloRoute[] {
  return [
    ...crudRoutes({
      path: "accounts",
      one: "account",
      table: "accounts",
      toFields: accountFields,
      missing: (body) =>
        body["name"] || body["domain"] ? undefined : "Please specify at least a name or domain.",
    }),
    ...crudRoutes({
      path: "opportunities",
      one: "opportunity",
      table: "opportunities",
      toFields: opportunityFields,
      missing: (body) => {
        if (!body["name"]) return "Please specify a name.";
        const amount = body["amount"];
        return amount === undefined || (typeof amount === "string" && /^(\d+(\.\d+)?)?$/.test(amount))
          ? undefined
          : "amount must be a text of digits, without separators";
      },
    }),
    {
      method: "POST",
      path: "/api/v1/accounts/search",
      name: "api/v1/accounts/search",
      answer: (call) => {
        const name = given(call, "q_organization_name")?.toLowerCase();
        const found = call.world.accounts
          .found()
          .filter((row) => name === undefined || String(row["name"]).toLowerCase().includes(name));
        return pageAnswer(
          "accounts",
          isTrue(call, "sort_ascending") ? found.reverse() : found,
          pageGiven(call),
        );
      },
    },
    {
      method: "GET",
      path: "/api/v1/opportunities/search",
      name: "api/v1/opportunities/search",
      // by when they were made: nothing else is promised
      answer: (call) => pageAnswer("opportunities", call.world.opportunities.foundByAge(), pageGiven(call)),
    },
    {
      method: "POST",
      path: "/api/v1/accounts/bulk_create",
      name: "api/v1/accounts/bulk_create",
      answer: bulkCreateAccounts,
    },
  ];
}

interface Crud {
  readonly path: string;
  readonly one: "account" | "opportunity";
  readonly table: "accounts" | "opportunities";
  readonly toFields: typeof accountFields;
  /** What a new one lacks. */
  readonly missing: (body: Readonly<Record<string, unknown>>) => string | undefined;
}

function crudRoutes({ path, one, table, toFields, missing }: Crud): readonly ApolloRoute[] {
  const refusal = ({ world, body }: ApolloCall, isNew: boolean) => {
    const lacks = isNew || "amount" in body ? missing(isNew ? body : { name: "-", ...body }) : undefined;
    if (lacks !== undefined) return unprocessable(lacks);
    return customProblem(world.fields, one, body["typed_custom_fields"] as ApolloFields | undefined);
  };
  const title = `${one.charAt(0).toUpperCase()}${one.slice(1)}`;
  const name = (action: string) => `api/v1/${path}/${action}`;
  return [
    {
      method: "POST",
      path: `/api/v1/${path}`,
      name: name("create"),
      answer: (call) => {
        const refused = refusal(call, true);
        if (refused !== undefined) return refused;
        call.world.writes.push({ op: "create", kind: one, sent: Object.keys(call.body) });
        return jsonAnswer({ [one]: call.world[table].create(toFields(call.body as ApolloFields)) });
      },
    },
    {
      method: "GET",
      path: `/api/v1/${path}/:id`,
      name: name("show"),
      answer: ({ world, params }) => {
        const row = world[table].get(params["id"] ?? "");
        return row === undefined ? notFound(title, params["id"]) : jsonAnswer({ [one]: row });
      },
    },
    {
      method: "PATCH",
      path: `/api/v1/${path}/:id`,
      name: name("update"),
      answer: (call) => {
        const before = call.world[table].get(call.params["id"] ?? "");
        if (before === undefined) return notFound(title, call.params["id"]);
        const refused = refusal(call, false);
        if (refused !== undefined) return refused;
        call.world.writes.push({ op: "update", kind: one, sent: Object.keys(call.body) });
        const fields = toFields(call.body as ApolloFields, before);
        return jsonAnswer({ [one]: call.world[table].edit(before.id, fields) });
      },
    },
  ];
}

function bulkCreateAccounts(call: ApolloCall): Response {
  const rows = rowsGiven(call, "account_attributes");
  if (rows === undefined || rows.length === 0 || rows.length > 100) {
    return unprocessable("account_attributes must be a list of 1 to 100");
  }
  const created = rows.map((row) => {
    call.world.writes.push({ op: "create", kind: "account", sent: Object.keys(row) });
    return call.world.accounts.create(accountFields(row as ApolloFields));
  });
  return jsonAnswer({ created_accounts: created, existing_accounts: [] });
}
