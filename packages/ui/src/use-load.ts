import { useCallback, useEffect, useState } from "react";

/** What is known of something that is asked for. While it is asked for again, the old value stays. */
export interface Load<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  readonly again: () => void;
}

/** Asks when `key` changes (which must hold all that `load` depends on); an undefined key asks nothing. The value of another `scope` is dropped at once. */
export function useLoad<T>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<T>,
  scope: string | undefined = key,
): Load<T> {
  const [state, setState] = useState<{ key?: string; scope?: string | undefined; value?: T; error?: unknown }>({});
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    if (key === undefined) return;
    const abort = new AbortController();
    load(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setState({ key, scope, value });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setState({ key, scope, error });
      },
    );
    return () => abort.abort();
    // `load` is a new function at each render; `key` says what it asks for.
  }, [key, round]);
  const mine = state.scope === scope && key !== undefined;
  return {
    value: mine ? state.value : undefined,
    error: mine && state.key === key ? state.error : undefined,
    loading: key !== undefined && state.key !== key,
    again,
  };
}
