import { jsonAnswer } from "../shared/json-answer.js";

/** What HubSpot refuses, in its own form. */
export interface RefusalBody {
  readonly category: string;
  readonly message: string;
  readonly subCategory?: string;
  readonly errors?: readonly Readonly<Record<string, unknown>>[];
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

/** A request that HubSpot does not take. Routes throw it, and the handler answers with it. */
export class HubspotRefusal extends Error {
  override readonly name = "HubspotRefusal";
  readonly status: number;
  readonly body: RefusalBody;

  constructor(status: number, body: RefusalBody) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

/** A refusal as an answer. */
export function refusalAnswer({ status, body }: HubspotRefusal, correlationId: string): Response {
  return jsonAnswer({ status: "error", ...body, correlationId }, status, {
    "x-hubspot-correlation-id": correlationId,
  });
}

/** No such record. */
export function notFound(type: string, id: string): HubspotRefusal {
  return new HubspotRefusal(404, {
    category: "OBJECT_NOT_FOUND",
    message: "resource not found",
    context: { type: [type], id: [id] },
  });
}

/** A request that is not in the form that HubSpot documents. */
export const badRequest = (message: string): HubspotRefusal =>
  new HubspotRefusal(400, { category: "VALIDATION_ERROR", message });

/** A value that a property does not take. */
export interface BadValue {
  readonly name: string;
  readonly error: string;
  readonly message: string;
}

/** Values that properties don't take. The names stand only inside the text, as JSON. */
export function invalidProperties(problems: readonly BadValue[]): HubspotRefusal {
  const told = problems.map(({ name, error, message }) => ({
    isValid: false,
    message,
    error,
    name,
    localizedErrorMessage: message,
    portalId: 62515,
  }));
  return new HubspotRefusal(400, {
    category: "VALIDATION_ERROR",
    message: `Property values were not valid: ${JSON.stringify(told)}`,
    errors: problems.map(({ name, error, message }) => ({
      message,
      code: error,
      context: { propertyName: [name] },
    })),
  });
}

/** A record that is there already. Its id stands only in the text. */
export function conflict(label: string, id: number): HubspotRefusal {
  return new HubspotRefusal(409, {
    category: "CONFLICT",
    message: `${label} already exists. Existing ID: ${id}`,
  });
}
