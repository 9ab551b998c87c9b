import { readFile } from "node:fs/promises";
import { loginTokenAuth, type HttpAuth, type HttpClient, type HttpRequest, type LoginToken } from "@omd/http";
import { z } from "zod";
import { placeError, type PlaceContext } from "./project.ts";

/** A service principal of Microsoft Entra. */
export interface Principal {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Managed identities give numbers as texts, that of App Service only the time at which the token ends (seconds since 1970). */
const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().optional(),
  expires_on: z.coerce.number().optional(),
});

const entra = "https://login.microsoftonline.com";
const metadataService = "http://169.254.169.254";
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

type Environment = Readonly<Record<string, string | undefined>>;
type Login = () => Promise<LoginToken>;

/** OAuth 2.0 client credentials of Microsoft Entra. */
export function principalAuth(principal: Principal, scope: string, context: PlaceContext): HttpAuth {
  return loginTokenAuth({ login: principalLogin(principal, scope, entra, context) });
}

/**
 * The credentials that Azure gives to what runs in it, in the order of Azure's default credential chain: a service principal in the
 * environment, a federated token of a workload, the managed identity. What is chosen follows from the environment; there is no second try.
 */
export function ambientAuth(scope: string, context: PlaceContext, env: Environment = process.env): HttpAuth {
  return loginTokenAuth({ login: ambientLogin(scope, context, env) });
}

function ambientLogin(scope: string, context: PlaceContext, env: Environment): Login {
  const {
    AZURE_TENANT_ID: tenantId = "",
    AZURE_CLIENT_ID: clientId = "",
    AZURE_CLIENT_SECRET: clientSecret = "",
    AZURE_FEDERATED_TOKEN_FILE: tokenFile = "",
  } = env;
  const authority = (env["AZURE_AUTHORITY_HOST"] ?? "").replace(/\/+$/u, "") || entra;
  const isNamed = tenantId !== "" && clientId !== "";
  if (isNamed && clientSecret !== "") {
    context.secret(clientSecret);
    return principalLogin({ tenantId, clientId, clientSecret }, scope, authority, context);
  }
  if (isNamed && tokenFile !== "") {
    const client = context.http({ name: "azure-login", baseUrl: authority });
    return async () => {
      // Kubernetes changes the token in the file.
      const assertion = (await federatedToken(tokenFile)).trim();
      context.secret(assertion);
      const form = { client_assertion_type: assertionType, client_assertion: assertion };
      return tokenFrom(client, entraCall(tenantId, clientId, scope, form), context);
    };
  }
  return managedIdentityLogin(scope, clientId, context, env);
}

function principalLogin(principal: Principal, scope: string, authority: string, context: PlaceContext): Login {
  const { tenantId, clientId, clientSecret } = principal;
  const client = context.http({ name: "azure-login", baseUrl: authority });
  return () => tokenFrom(client, entraCall(tenantId, clientId, scope, { client_secret: clientSecret }), context);
}

function entraCall(
  tenantId: string,
  clientId: string,
  scope: string,
  proof: Readonly<Record<string, string>>,
): HttpRequest {
  const form = { grant_type: "client_credentials", client_id: clientId, ...proof, scope };
  return { method: "POST", path: `/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`, form, idempotent: true };
}

/** That of App Service and Container Apps (IDENTITY_ENDPOINT with IDENTITY_HEADER), else that of the machine's metadata service. */
function managedIdentityLogin(scope: string, clientId: string, context: PlaceContext, env: Environment): Login {
  const { IDENTITY_ENDPOINT: endpoint = "", IDENTITY_HEADER: header = "" } = env;
  const query = {
    resource: scope.replace(/\/\.default$/u, ""),
    ...(clientId !== "" && { client_id: clientId }),
  };
  if (endpoint !== "" && header !== "") {
    context.secret(header);
    const url = new URL(endpoint);
    const client = identityClient(url.origin, context);
    const headers = { "x-identity-header": header };
    const call = { path: url.pathname, query: { "api-version": "2019-08-01", ...query }, headers };
    return () => tokenFrom(client, call, context);
  }
  const host = (env["AZURE_POD_IDENTITY_AUTHORITY_HOST"] ?? "").replace(/\/+$/u, "") || metadataService;
  const client = identityClient(host, context);
  const path = "/metadata/identity/oauth2/token";
  const call = { path, query: { "api-version": "2018-02-01", ...query }, headers: { metadata: "true" } };
  return async () => {
    try {
      return await tokenFrom(client, call, context);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw placeError(
        `no credentials of Azure: dbtSecurityConfig has none, AZURE_TENANT_ID and AZURE_CLIENT_ID with AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE are not set, and the managed identity at ${host} gave no token: ${reason}`,
        { cause },
      );
    }
  };
}

/** Identities are given by the machine itself: no proxy stands between, and an address that does not answer at once never will. */
function identityClient(baseUrl: string, context: PlaceContext): HttpClient {
  return context.http({ name: "azure-identity", baseUrl, transport: "lean", timeoutMs: 5_000, deadlineMs: 15_000 });
}

async function tokenFrom(client: HttpClient, call: HttpRequest, context: PlaceContext): Promise<LoginToken> {
  const answer = await client.json(call, (value) => tokenAnswer.parse(value));
  context.secret(answer.access_token);
  const { expires_in: seconds, expires_on: end } = answer;
  const expiresAtMs = seconds === undefined ? (end ?? NaN) * 1000 : Date.now() + seconds * 1000;
  return { token: answer.access_token, ...(Number.isFinite(expiresAtMs) && { expiresAtMs }) };
}

async function federatedToken(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw placeError(`AZURE_FEDERATED_TOKEN_FILE: ${file} cannot be read`, { cause });
  }
}
