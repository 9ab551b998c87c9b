import type { SourceContext } from "@omd/core";
import { isHttpError, type HttpClient, type HttpClientOptions, type HttpRequest, type HttpResponse } from "@omd/http";

export interface SessionLoginOptions {
  /** Client options without auth. */
  readonly base: HttpClientOptions;
  readonly username: string;
  readonly password: string;
}

type LoginContext = Pick<SourceContext, "http" | "secret" | "log">;

/** One try and no long wait: Basic is always there. A 429 of the login's own rate limit must not hold the API calls up. */
const briefly = { retry: { limit: 0, maxWaitMs: 0 }, timeoutMs: 10_000, deadlineMs: 15_000 } as const;

/** A login that went otherwise than expected. */
class NoLoginError extends Error {
  override name = "NoLoginError";
}

interface Session {
  readonly client: HttpClient;
  /** Whether the API has taken its cookie. */
  proven: boolean;
}

/**
 * Airflow 2 hashes the password anew for each call with Basic, which takes it far longer than most answers. Where the API takes the cookie of the web
 * login too (backend `session`), one login through the form spares that. Whenever it does not work, `basic` is used.
 */
export class SessionClient implements HttpClient {
  readonly name: string;
  readonly baseUrl: string;
  readonly #basic: HttpClient;
  readonly #options: SessionLoginOptions;
  readonly #context: LoginContext;
  #session: Promise<Session | undefined> | undefined;

  constructor(basic: HttpClient, options: SessionLoginOptions, context: LoginContext) {
    this.name = basic.name;
    this.baseUrl = basic.baseUrl;
    this.#basic = basic;
    this.#options = options;
    this.#context = context;
  }

  request(request: HttpRequest): Promise<HttpResponse> {
    return this.#call((client) => client.request(request));
  }

  json<T>(request: HttpRequest, parse: (value: unknown) => T): Promise<T> {
    return this.#call((client) => client.json(request, parse));
  }

  async #call<T>(work: (client: HttpClient) => Promise<T>): Promise<T> {
    const used = (this.#session ??= this.#login());
    const session = await used;
    if (session === undefined) return await work(this.#basic);
    try {
      const result = await work(session.client);
      session.proven = true;
      return result;
    } catch (thrown) {
      if (!isRefused(thrown, session)) throw thrown;
    }
    // Throws when it is the user who may not; the session is not to blame then.
    const result = await work(this.#basic);
    if (this.#session === used) this.#session = session.proven ? this.#login() : Promise.resolve(undefined);
    return result;
  }

  async #login(): Promise<Session | undefined> {
    try {
      const cookie = await this.#cookie();
      return {
        client: this.#context.http({ ...this.#options.base, auth: { headers: () => ({ cookie }) } }),
        proven: false,
      };
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      this.#context.log.debug(`no login by form, each call carries user and password: ${reason}`);
      return undefined;
    }
  }

  /** The `cookie` header of a fresh login. Throws when anything is not as in Airflow's own form. */
  async #cookie(): Promise<string> {
    const { base, username, password } = this.#options;
    const client = this.#context.http({ ...base, ...briefly });
    const accept = { accept: "text/html" };
    const page = await client.request({ path: "/login/", headers: accept });
    const token = csrfToken(page.body.toString("utf8"));
    if (token === undefined) throw new NoLoginError("the login page has no form of the known kind");
    const jar = new Map(cookiesOf(page));
    const answer = await client.request({
      method: "POST",
      path: "/login/",
      form: { username, password, csrf_token: token },
      headers: { ...accept, cookie: cookieHeader(jar), referer: `${client.baseUrl}/login/` },
      accept: [302, 303],
    });
    if (answer.status < 300 || /\/login\b/u.test(answer.headers["location"] ?? "/login"))
      throw new NoLoginError("the login form did not take user and password");
    const fresh = cookiesOf(answer);
    if (fresh.length === 0) throw new NoLoginError("the login gave no cookie");
    for (const [name, value] of fresh) jar.set(name, value);
    for (const value of jar.values()) if (value !== "") this.#context.secret(value);
    return cookieHeader(jar);
  }
}

/** Airflow 2 answers 403 to a cookie that it does not take; what stands before it may send to a login page or show one. */
function isRefused(thrown: unknown, { proven }: Session): boolean {
  if (!isHttpError(thrown)) return false;
  const { code, status = 0 } = thrown;
  return status === 401 || status === 403 || (status >= 300 && status < 400) || (!proven && code === "ERR_NOT_JSON");
}

/** The hidden field of Flask-AppBuilder's login form, if the page has that form with a field for the password. */
export function csrfToken(html: string): string | undefined {
  const inputs = html.match(/<input\b[^>]*>/giu) ?? [];
  const named = (name: string) => inputs.find((input) => attribute(input, "name") === name);
  const token = named("csrf_token");
  const isKnown = named("username") !== undefined && named("password") !== undefined;
  return token === undefined || !isKnown ? undefined : attribute(token, "value");
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "iu").exec(tag);
  return found?.[1] ?? found?.[2];
}

/** Names and values of `set-cookie`; several come joined by commas, which dates have too. An empty value takes a cookie away. */
export function cookiesOf({ headers }: Pick<HttpResponse, "headers">): [string, string][] {
  return (headers["set-cookie"] ?? "").split(/,(?=\s*[^\s;,=]+=)/u).flatMap((one) => {
    const found = /^\s*([^\s;,=]+)=([^;]*)/u.exec(one);
    return found?.[1] === undefined ? [] : [[found[1], (found[2] ?? "").trim()] as [string, string]];
  });
}

function cookieHeader(jar: ReadonlyMap<string, string>): string {
  return [...jar].flatMap(([name, value]) => (value === "" ? [] : [`${name}=${value}`])).join("; ");
}
