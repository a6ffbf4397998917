import { signIn } from "@/lib/session";

export async function POST(request: Request): Promise<Response> {
  const session = signIn(String((await request.formData()).get("user")));
  const headers = new Headers({ location: session ? "/leads" : "/" });
  if (session) headers.set("set-cookie", `session=${session}; Path=/; HttpOnly; SameSite=Lax`);
  return new Response(null, { status: 303, headers });
}
