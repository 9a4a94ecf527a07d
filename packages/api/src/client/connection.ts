import { type Route, type RouteName, routes } from "../routes.ts";
import type { AnswerOf, BodyOf, ParamsOf, QueryOf } from "../types.ts";
import { ApiError, errorOf } from "./api-error.ts";
import { pauseBefore, type RetryPolicy } from "./retry-policy.ts";

/** How to reach a server. */
export interface ConnectionOptions {
  /**
   * The address of the server, such as `http://127.0.0.1:7433`. In a page it may be relative, such
   * as `.`
   */
  readonly baseUrl: string;
  /** The bearer token, if the server needs one. A function is called for each request. */
  readonly token?: string | (() => string | undefined) | undefined;
  /** Defaults to the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How to retry when the server is too busy (429, 503); `false` never retries. */
  readonly retry?: Partial<RetryPolicy> | false | undefined;
}

/** Options of any request. */
export interface CallOptions {
  /** Aborts the request; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

type Part<Key extends string, Value> = [Value] extends [undefined]
  ? unknown
  : Partial<Value> extends Value
    ? { readonly [Name in Key]?: Value }
    : { readonly [Name in Key]: Value };

/** The input of a route: path parameters, query and body, as its contract says. */
export type CallInput<Name extends RouteName> = Part<"params", ParamsOf<Name>> &
  Part<"query", QueryOf<Name>> &
  Part<"body", BodyOf<Name>> &
  CallOptions;

type Arguments<Name extends RouteName> =
  Partial<CallInput<Name>> extends CallInput<Name> ? [input?: CallInput<Name>] : [input: CallInput<Name>];

/** Calls the routes of one server. */
export interface Connection {
  /**
   * Calls a route and returns its JSON answer.
   *
   * @throws {ApiError} if the status is not 2xx, or no answer comes
   */
  readonly call: <Name extends RouteName>(name: Name, ...input: Arguments<Name>) => Promise<AnswerOf<Name>>;
  /** Like `call`, but returns the response unread, for files and streams. @throws {ApiError} */
  readonly send: <Name extends RouteName>(name: Name, ...input: Arguments<Name>) => Promise<Response>;
  /** Sends any body to a route. @throws {ApiError} */
  readonly sendBody: (route: Route, request: RawRequest) => Promise<Response>;
}

/** A request whose body is text already. */
export interface RawRequest extends CallOptions {
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: string | undefined;
}

/** Connects to the server at `baseUrl`. Nothing is sent before the first call. */
export function connect({ baseUrl, token, fetch = globalThis.fetch, retry }: ConnectionOptions): Connection {
  const root = baseUrl.replace(/\/+$/, "");

  async function sendBody({ method, path }: Route, { params, query, body, signal, headers }: RawRequest): Promise<Response> {
    const url = `${root}${filled(path, params)}${queryOf(query)}`;
    for (let attempt = 0; ; attempt++) {
      const bearer = typeof token === "function" ? token() : token;
      const init: RequestInit = {
        method,
        headers: { ...(bearer === undefined || bearer === "" ? {} : { authorization: `Bearer ${bearer}` }), ...headers },
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      };
      const response = await reached(async () => fetch(url, init), signal);
      if (response.ok) return response;
      const error = await errorOf(response);
      const pauseMs = retry === false ? undefined : pauseBefore(attempt, error, retry);
      if (pauseMs === undefined) throw error;
      await sleep(pauseMs, signal);
    }
  }

  const send = async (name: RouteName, { body, headers, ...request }: CallInput<RouteName> & { body?: unknown } = {}) =>
    sendBody(routes[name], {
      ...request,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    });

  return {
    sendBody,
    send,
    call: (async (name: RouteName, input: CallInput<RouteName>) => {
      const response = await send(name, input);
      return reached(async () => response.json(), input?.signal);
    }) as Connection["call"],
  };
}

/**
 * Gives failed fetches and reads one error: their messages differ between runtimes.
 *
 * @throws {ApiError} UNREACHABLE; the signal's reason
 */
export async function reached<Value>(work: () => Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    if (signal?.aborted === true) throw signal.reason;
    throw new ApiError(0, {
      code: "UNREACHABLE",
      message: "the server does not answer",
      hint: "check that weft serve is running at this address",
      cause,
    });
  }
}

function filled(path: string, params: Readonly<Record<string, unknown>> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
}

/** Repeats the name for each value of a list. */
function queryOf(query: Readonly<Record<string, unknown>> = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((each) => [name, String(each as string | number | boolean)]),
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs).toString()}`;
}

async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(clock);
      reject(signal?.reason as Error);
    };
    const clock = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
