import type { JsonValue } from "@salesagent/client";
import { expect, it } from "vitest";
import { recipientOf } from "./recipient.js";

it.each<[JsonValue, string | undefined]>([
  [{ subject: "Hi", to: "ada@fjord.example" }, "ada@fjord.example"],
  [{ to: ["a@x.example", { email: "b@x.example" }] }, "a@x.example, b@x.example"],
  [{ lead_id: "lead_9", message: { recipient: { name: "Ada" } } }, "Ada"],
  [{ contactId: 7 }, "7"],
  [{ fields: { phone: "+47 22" }, email: "" }, "+47 22"],
  [{ body: "to: nobody" }, undefined],
  ["ada", undefined],
  [null, undefined],
])("finds whom %j is for", (input, recipient) => expect(recipientOf(input)).toBe(recipient));
