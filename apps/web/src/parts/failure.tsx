import { ApiError, token, useToken } from "../server-requests.ts";

/** An error message with a hint; asks for a token if the server needs one. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: (() => void) | undefined }) {
  const message = error instanceof Error ? error.message : String(error);
  const { code, hint } = details(error);
  return (
    <div class="failure" role="alert">
      <p>
        <strong>{capital(message)}.</strong> {hint === undefined ? "" : `${capital(hint)}${/[.?!]$/.test(hint) ? "" : "."}`}
        {code === undefined ? null : <code>{code}</code>}
      </p>
      {error instanceof ApiError && error.status === 401 ? <TokenField retry={retry} /> : null}
      {retry === undefined || (error instanceof ApiError && error.status === 401) ? null : (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

function TokenField({ retry }: { readonly retry: (() => void) | undefined }) {
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        const field = new FormData(event.currentTarget).get("token");
        useToken(typeof field === "string" ? field.trim() : "");
        retry?.();
      }}
    >
      <label>
        Token <input name="token" type="password" autocomplete="off" required defaultValue={token.peek()} />
      </label>
      <button type="submit">Use it</button>
    </form>
  );
}

/** Errors of the toolkit carry a code and a hint, whatever their source. */
function details(error: unknown): { code?: string; hint?: string } {
  if (!(error instanceof Error)) return {};
  const { code, hint } = error as { code?: unknown; hint?: unknown };
  return { ...(typeof code === "string" ? { code } : {}), ...(typeof hint === "string" ? { hint } : {}) };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
