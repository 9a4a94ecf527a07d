import { request } from "node:http";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { type Contract, contracts, errorAnswer } from "@weft-nlp/api/contracts";
import { afterAll, expect } from "vitest";
import { createServer, type ServerOptions, type WeftServer, type WorkspaceOptions } from "weft-nlp/server";

/** A trained model. */
export const modelFolder = fileURLToPath(new URL("../../examples/model", import.meta.url));

const weftPath = fileURLToPath(new URL("../../packages/weft/bin/weft.js", import.meta.url));
const pageFolder = fileURLToPath(new URL("../../packages/server/page/", import.meta.url));

/** A sentence in which the model finds entities and relations. */
export const sentence = "Mara Voss founded Kettle Robotics in Bremen and still leads it.";

export interface RunningServer {
  readonly server: WeftServer;
  readonly url: string;
}

const running: WeftServer[] = [];
afterAll(async () => void (await Promise.all(running.map((server) => server.close()))));

type Options = Partial<ServerOptions> & Omit<WorkspaceOptions, "trainingCommand"> & { readonly allowTraining?: boolean };

/** A server on a free port with the example model; closed after the file's tests. */
export async function startServer({ runs, data, corrections, allowTraining, ...options }: Options = {}): Promise<RunningServer> {
  const asked = [runs, data, corrections].some((part) => part !== undefined);
  const trainingCommand = allowTraining === true ? weftPath : undefined;
  const server = await createServer({
    ...(asked ? { workspace: { runs, data, corrections, trainingCommand } } : {}),
    page: pageFolder,
    models: [{ name: "example", folder: modelFolder }],
    threads: 1,
    watchSeconds: 0,
    port: 0,
    ...options,
  });
  running.push(server);
  return { server, url: await server.listen() };
}

/** The files of a server's data, once all are counted: an answer does not wait long for that. */
export async function countedFiles<File>(url: string): Promise<readonly File[]> {
  for (;;) {
    const { counting, files }: { counting: boolean; files: readonly File[] } = (await send(`${url}/v1/data`)).json;
    if (!counting) return files;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: never;
}

export interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends one request over a new connection, with exactly these headers. */
export async function send(url: string, sending: Sending = {}): Promise<Answer> {
  const answer = await exchange(url, sending);
  const { method = sending.body === undefined ? "GET" : "POST" } = sending;
  if (answer.json !== undefined) checkAnswer(method, url, answer.status, answer.json);
  return answer;
}

async function exchange(url: string, { method, headers = {}, body }: Sending): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: method ?? (body === undefined ? "GET" : "POST"), headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        const isJson = text !== "" && /^application\/(problem\+)?json\b/.test(response.headers["content-type"] ?? "");
        const json: unknown = isJson ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: json as never });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Checks an answer against the contract of its route: no field is missing, and none is extra. */
function checkAnswer(method: string, url: string, status: number, json: unknown): void {
  const { pathname } = new URL(url);
  const contract = Object.values<Contract>(contracts).find(
    (each) => each.method === method && new RegExp(`^${each.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname),
  );
  const schema = contract?.responses?.[status] ?? (status >= 400 ? errorAnswer : undefined);
  if (schema !== undefined) expect(schema.parse(json), `${method} ${pathname}`).toEqual(json);
}

/** Posts a JSON value to `/v1/extract`. */
export async function extract(url: string, value: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return send(`${url}/v1/extract`, { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) });
}

/** Sends raw bytes and returns everything that comes back until the server closes. */
export async function sendRaw(url: string, bytes: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => void socket.write(bytes));
    socket.on("data", (part: Buffer) => parts.push(part));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(Buffer.concat(parts).toString()));
  });
}
