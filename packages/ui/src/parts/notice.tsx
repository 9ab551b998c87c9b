import type { ReactNode } from "react";
import { ApiError } from "../api.ts";
import { TokenForm } from "./token-form.tsx";
import type { Load } from "../use-load.ts";

/** Words where content is missing. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="notice">{children}</p>;
}

/** Says what went wrong, and offers to try again where that may help. */
export function ErrorNotice({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const message = error instanceof Error ? error.message : "Something went wrong.";
  const missing = error instanceof ApiError && error.status === 404;
  const locked = error instanceof ApiError && error.status === 401;
  return (
    <div className="panel notice error" role="alert">
      <p>
        <strong>{missing ? "Not found." : "This could not be loaded."}</strong> {message}
      </p>
      {locked ? (
        <TokenForm />
      ) : again && !missing ? (
        <p>
          <button type="button" onClick={again}>
            Try again
          </button>
        </p>
      ) : undefined}
    </div>
  );
}

/** Shows what was loaded, or why it is not there. */
export function Loaded<T>({
  load,
  what,
  children,
}: {
  readonly load: Load<T>;
  readonly what: string;
  readonly children: (value: T) => ReactNode;
}) {
  if (load.error !== undefined) return <ErrorNotice error={load.error} again={load.again} />;
  if (load.value === undefined) {
    return (
      <p className="notice" role="status">
        Loading {what} …
      </p>
    );
  }
  return <>{children(load.value)}</>;
}
