import type { Fetch } from "../exchange.js";

/** A token endpoint that rotates: each refresh token is good once, and the second use of one is the grant's end. */
export function rotatingEndpoint(options: { readonly expiresIn?: number; readonly rotates?: boolean } = {}) {
  const { expiresIn = 3_600, rotates = true } = options;
  let current = "refresh-0";
  let isDead = false;
  const forms: URLSearchParams[] = [];
  /** Answers instead of the endpoint, each once; the endpoint works when it is asked to. */
  const faults: ((work: () => Response) => Response | Promise<Response>)[] = [];

  const answer = (form: URLSearchParams): Response => {
    if (form.get("refresh_token") !== current) isDead = true;
    if (isDead)
      return Response.json(
        { error: "invalid_grant", error_description: "Token was revoked" },
        { status: 400 },
      );
    if (rotates) current = `refresh-${forms.length}`;
    return Response.json({
      ...{ access_token: `access-${forms.length}`, token_type: "Bearer", organization_id: "orga_1" },
      ...(rotates ? { refresh_token: current } : {}),
      ...(expiresIn > 0 ? { expires_in: expiresIn } : {}),
    });
  };
  const fetch: Fetch = async (_, init) => {
    const form = new URLSearchParams(String(init?.body));
    forms.push(form);
    const fault = faults.shift();
    return fault ? await fault(() => answer(form)) : answer(form);
  };
  return { fetch, forms, faults };
}
