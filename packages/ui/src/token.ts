const key = "omd-token";

/** The token that a server on a network asks for; kept as long as the browser's tab. */
export function token(): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the token for the calls that follow. Throws where the browser forbids storage. */
export function keepToken(value: string): void {
  sessionStorage.setItem(key, value);
}
