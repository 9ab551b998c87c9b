import type { HttpAuth } from "./types.ts";

/** Basic authentication (RFC 7617), user and password in UTF-8. */
export function basicAuth(user: string, password: string): HttpAuth {
  const headers = { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
  return { headers: () => headers };
}

/** A fixed bearer token (RFC 6750). */
export function bearerAuth(token: string): HttpAuth {
  const headers = { authorization: `Bearer ${token}` };
  return { headers: () => headers };
}

export interface LoginToken {
  readonly token: string;
  /** Milliseconds since 1970; without it the token is renewed only when a call is answered 401. */
  readonly expiresAtMs?: number | undefined;
}

export interface LoginTokenOptions {
  /** Gets a new token; must go through a client without this auth. */
  login(): Promise<LoginToken>;
  /** A token is renewed this many ms before it ends. Default 60,000. */
  readonly marginMs?: number | undefined;
  /** Default `authorization`. */
  readonly header?: string | undefined;
  /** Stands before the token. Default `Bearer `. */
  readonly prefix?: string | undefined;
}

/** A bearer token from a login, gained on the first call and renewed before it ends or when it is refused; one login at a time. */
export function loginTokenAuth(options: LoginTokenOptions): HttpAuth {
  const margin = options.marginMs ?? 60_000;
  const header = (options.header ?? "authorization").toLowerCase();
  const prefix = options.prefix ?? "Bearer ";
  let current: LoginToken | undefined;
  let renewAt = Infinity;
  let pending: Promise<LoginToken> | undefined;

  const login = async (): Promise<LoginToken> => {
    try {
      current = await options.login();
      const life = (current.expiresAtMs ?? Infinity) - Date.now();
      // A token that lives shorter than the margin is used for half its life; one that seems over at birth (clock skew, a replay) until it is refused.
      renewAt = life > 0 ? Date.now() + life - Math.min(margin, life / 2) : Infinity;
      return current;
    } finally {
      pending = undefined;
    }
  };
  const renewed = (): Promise<LoginToken> => {
    pending ??= login();
    return pending;
  };
  return {
    async headers() {
      const fresh = current !== undefined && pending === undefined && Date.now() < renewAt;
      const { token } = fresh && current !== undefined ? current : await renewed();
      return { [header]: prefix + token };
    },
    async renew() {
      await renewed();
      return true;
    },
  };
}
