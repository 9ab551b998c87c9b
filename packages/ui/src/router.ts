import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) addEventListener("popstate", tell);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("popstate", tell);
  };
}

/** Goes to an address of this page. `replace` leaves no trace in the history. */
export function go(href: string, options: { replace?: boolean } = {}): void {
  if (href === location.pathname + location.search) return;
  const otherPage = href.split("?")[0] !== location.pathname;
  history[options.replace === true ? "replaceState" : "pushState"](null, "", href);
  if (otherPage) scrollTo(0, 0);
  tell();
}

/** The address that is shown now. */
export function useAddress(): { readonly pathname: string; readonly query: URLSearchParams } {
  const href = useSyncExternalStore(subscribe, () => location.pathname + location.search);
  const [pathname = "/", query = ""] = href.split("?");
  return { pathname, query: new URLSearchParams(query) };
}
