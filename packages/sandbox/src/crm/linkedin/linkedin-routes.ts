import { jsonAnswer, type Route, type RouteCall } from "../shared/index.js";
import type { LinkedinWorld } from "./linkedin-world.js";

/** An app that members sign in to. */
export interface LinkedinApp {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** What the official routes need. */
export interface LinkedinRouteMeans {
  readonly world: LinkedinWorld;
  readonly app: LinkedinApp;
  /** Takes one call of a member on an endpoint; false when the day's limit is reached. */
  readonly takeCall: (endpoint: string, member: string) => boolean;
  /** The oldest version of `/rest` that still lives, such as `202508`. */
  readonly oldestVersion: string;
}

const error = (status: number, serviceErrorCode: number, message: string) =>
  jsonAnswer({ status, serviceErrorCode, message }, status);

/** Signing in, and the profile of whoever did. */
export function linkedinRoutes(means: LinkedinRouteMeans): readonly Route[] {
  return [
    { method: "POST", path: "/oauth/v2/accessToken", answer: ({ request }) => accessToken(means, request) },
    { method: "GET", path: "/v2/userinfo", answer: (call) => userinfo(means, call) },
    { method: "GET", path: "/rest/me", answer: (call) => restMe(means, call) },
  ];
}

async function accessToken({ world, app }: LinkedinRouteMeans, request: Request): Promise<Response> {
  const form = new URLSearchParams(await request.text());
  const refuse = (code: string, why: string) => jsonAnswer({ error: code, error_description: why }, 400);
  if (form.get("client_id") !== app.clientId || form.get("client_secret") !== app.clientSecret) {
    return jsonAnswer({ error: "invalid_client", error_description: "Client authentication failed" }, 401);
  }
  if (form.get("grant_type") !== "authorization_code") {
    return refuse("unauthorized_client", "This app has no refresh tokens");
  }
  if (form.get("redirect_uri") !== app.redirectUri)
    return refuse("invalid_redirect_uri", "Another redirect URI");
  const grant = world.redeem(form.get("code") ?? "");
  if (grant === undefined) return refuse("invalid_request", "The code is used or unknown");
  return jsonAnswer({
    access_token: world.grant(grant.member, grant.scope),
    expires_in: 5_184_000,
    scope: grant.scope.replaceAll(" ", ","),
    token_type: "Bearer",
  });
}

function userinfo(means: LinkedinRouteMeans, call: RouteCall): Response {
  const holder = holderOf(means, call);
  if (holder instanceof Response) return holder;
  const { member, scope } = holder;
  if (!scope.includes("profile")) return error(403, 100, "Not enough permissions to access: userinfo.GET");
  const { sub, given_name, family_name, email, email_verified, ...rest } = member;
  return jsonAnswer({
    sub,
    name: `${given_name} ${family_name}`,
    given_name,
    family_name,
    ...rest,
    ...(scope.includes("email") && email !== undefined
      ? { email, email_verified: email_verified ?? true }
      : {}),
  });
}

function restMe(means: LinkedinRouteMeans, call: RouteCall): Response {
  const version = call.request.headers.get("linkedin-version") ?? "";
  if (!/^\d{6}$/.test(version)) return error(400, 0, "A version must be present");
  if (version < means.oldestVersion) {
    return jsonAnswer(
      { status: 426, code: "NONEXISTENT_VERSION", message: `Requested version ${version} is not active` },
      426,
    );
  }
  const holder = holderOf(means, call);
  if (holder instanceof Response) return holder;
  const { member } = holder;
  return jsonAnswer({
    id: member.sub,
    localizedFirstName: member.given_name,
    localizedLastName: member.family_name,
  });
}

function holderOf(means: LinkedinRouteMeans, { request, url }: RouteCall) {
  const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  const holder = means.world.holderOf(token);
  if (holder === undefined)
    return error(401, 65_601, "The token used in the request has been revoked by the user");
  if (means.takeCall(url.pathname, holder.member.sub)) return holder;
  return error(429, 101, "Resource level throttle limit for calls to this resource is reached.");
}
