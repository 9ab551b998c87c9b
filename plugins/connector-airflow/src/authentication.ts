import type { SourceContext } from "@omd/core";
import {
  basicAuth,
  bearerAuth,
  isHttpError,
  loginTokenAuth,
  type HttpAuth,
  type HttpClient,
  type LoginToken,
} from "@omd/http";
import type { RestApi } from "./config.ts";
import { loginAnswer, shaped } from "./shapes.ts";

/** Credentials that both API versions may take. */
export type Credentials =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "token"; readonly token: string };

/** What is logged in with, known as secret from now on. */
export function credentialsOf(authConfig: RestApi["authConfig"], context: Pick<SourceContext, "secret">): Credentials {
  if ("username" in authConfig) {
    const password = authConfig.password.reveal();
    context.secret(password);
    return { kind: "basic", username: authConfig.username, password };
  }
  const token = authConfig.token.reveal();
  context.secret(token);
  return { kind: "token", token };
}

/** What is sent before the version is known, and to v1. */
export function plainAuth(credentials: Credentials): HttpAuth {
  return credentials.kind === "token"
    ? bearerAuth(credentials.token)
    : basicAuth(credentials.username, credentials.password);
}

/** Airflow 3 gives a token for user and password; a server without a login of that kind gets Basic. `client` has no auth of its own. */
export async function tokenAuth(
  credentials: Credentials,
  client: HttpClient,
  context: Pick<SourceContext, "secret">,
): Promise<HttpAuth> {
  if (credentials.kind === "token") return plainAuth(credentials);
  const { username, password } = credentials;
  const login = async (): Promise<LoginToken> => {
    const request = { method: "POST", path: "/auth/token", json: { username, password }, idempotent: true } as const;
    const { access_token: token } = await client.json(request, shaped(loginAnswer));
    context.secret(token);
    return { token, expiresAtMs: expiryOf(token, Date.now()) };
  };
  let first: LoginToken | undefined;
  try {
    first = await login();
  } catch (thrown) {
    if (isHttpError(thrown) && (thrown.status === 404 || thrown.status === 405)) return plainAuth(credentials);
    throw thrown;
  }
  return loginTokenAuth({
    login: async () => {
      const token = first ?? (await login());
      first = undefined;
      return token;
    },
  });
}

/** End of a JWT's life by our clock, in ms: its own span counted from now, since the server's clock may differ. Undefined for another kind of token. */
export function expiryOf(token: string, nowMs: number): number | undefined {
  const [, payload] = token.split(".");
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    if (typeof claims !== "object" || claims === null || !("exp" in claims) || typeof claims.exp !== "number")
      return undefined;
    const issued = "iat" in claims && typeof claims.iat === "number" ? claims.iat : undefined;
    return issued === undefined ? claims.exp * 1000 : nowMs + (claims.exp - issued) * 1000;
  } catch {
    return undefined;
  }
}
