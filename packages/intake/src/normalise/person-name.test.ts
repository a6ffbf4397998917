import { expect, it } from "vitest";
import { completePersonName } from "./person-name.js";

it.each([
  [
    { firstName: "Ada", lastName: "Lovelace" },
    { firstName: "Ada", lastName: "Lovelace", fullName: "Ada Lovelace" },
  ],
  [
    { fullName: "Ada  King Lovelace" },
    { firstName: "Ada", lastName: "King Lovelace", fullName: "Ada King Lovelace" },
  ],
  [{ fullName: "Lovelace, Ada" }, { firstName: "Ada", lastName: "Lovelace", fullName: "Ada Lovelace" }],
  [{ fullName: "Madonna" }, { firstName: "Madonna", fullName: "Madonna" }],
  [{ lastName: "Lovelace" }, { lastName: "Lovelace", fullName: "Lovelace" }],
  [
    { firstName: "Augusta", lastName: "King", fullName: "Ada Lovelace" },
    { firstName: "Augusta", lastName: "King", fullName: "Ada Lovelace" },
  ],
  [{}, {}],
])("completes %j", (parts, whole) => {
  expect(completePersonName(parts)).toEqual(whole);
});
