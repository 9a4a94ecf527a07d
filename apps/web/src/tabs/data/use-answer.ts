import { useEffect, useState } from "preact/hooks";

export interface Answered<Value> {
  readonly value: Value | null;
  readonly failure: unknown;
  readonly retry: () => void;
}

/** The answer to a request that depends on `key`; an outdated request is aborted. */
export function useAnswer<Value>(key: string, ask: (signal: AbortSignal) => Promise<Value>): Answered<Value> {
  const [answer, setAnswer] = useState<{ key: string; value: Value | null; failure: unknown }>({
    key: "",
    value: null,
    failure: null,
  });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    ask(stop.signal).then(
      (value): undefined => {
        if (!stop.signal.aborted) setAnswer({ key, value, failure: null });
        return undefined;
      },
      (failure: unknown) => {
        if (!stop.signal.aborted) setAnswer({ key, value: null, failure });
      },
    );
    return () => stop.abort();
  }, [key, attempt]);
  const current = answer.key === key;
  return {
    value: current ? answer.value : null,
    failure: current ? answer.failure : null,
    retry: () => setAttempt(attempt + 1),
  };
}
