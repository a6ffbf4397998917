import { unprocessable } from "./apollo-answers.js";
import type { ApolloFields } from "./apollo-row.js";
import type { ApolloCustomField } from "./apollo-world.js";

/** A refusal where custom fields are sent that are not there, or of another type. */
export function customProblem(
  fields: readonly ApolloCustomField[],
  modality: ApolloCustomField["modality"],
  custom: ApolloFields | undefined,
): Response | undefined {
  for (const [id, value] of Object.entries(custom ?? {})) {
    const field = fields.find((one) => one.id === id && one.modality === modality);
    if (field === undefined) return unprocessable(`typed_custom_fields: ${id} is no field of a ${modality}`);
    if (value === null || value === "") continue;
    if (field.type === "number" && Number.isNaN(Number(value))) {
      return unprocessable(`typed_custom_fields: ${id} must be a number`);
    }
    if (field.picklist !== undefined && !field.picklist.some((one) => one.id === value)) {
      return unprocessable(`typed_custom_fields: ${id} takes the id of a picklist's value`);
    }
  }
  return undefined;
}
