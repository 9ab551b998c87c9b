export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
}

/** The web login of Airflow 2, with the API's backend `session` unless `takesCookie` says otherwise. */
export class FakeLogin {
  /** The page at /login/. */
  page = `<form><input id="csrf_token" name="csrf_token" type="hidden" value="csrf-1">
    <input name="username"><input name='password' type='password'></form>`;
  password = "admin";
  takesCookie = true;
  /** Cookies that the API takes. */
  readonly sessions = new Set<string>();
  logins = 0;

  answer({ method, body, cookie }: Asked): { status: number; text: string; headers: Record<string, string> } {
    const html = { "content-type": "text/html; charset=utf-8" };
    const expires = "Expires=Mon, 21 Dec 2026 05:36:11 GMT; HttpOnly; Path=/";
    if (method === "GET")
      return { status: 200, text: this.page, headers: { ...html, "set-cookie": `session=anonymous; ${expires}` } };
    const isRight = body["password"] === this.password && body["csrf_token"] === "csrf-1";
    if (!isRight || cookie !== "session=anonymous")
      return { status: 302, text: "", headers: { ...html, location: "/login/?next=/home" } };
    this.logins += 1;
    const session = `canary-session-${this.logins}`;
    if (this.takesCookie) this.sessions.add(`session=${session}`);
    return {
      status: 302,
      text: "",
      headers: { ...html, location: "/home", "set-cookie": `session=${session}; ${expires}` },
    };
  }
}
