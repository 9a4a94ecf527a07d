import { connect } from "node:net";

/**
 * A connection that stays open, for one request at a time. Clients share the machine with the
 * server, so they do as little as possible: requests are built before the clock starts, and only
 * the status and length of an answer are read.
 */
class Connection {
  /** @readonly */
  #socket;
  #settle;
  #started = 0;
  #status = 0;
  #missing = -1;
  #head = "";

  constructor(url) {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true })
      .on("data", (chunk) => this.#read(chunk))
      .on("error", () => this.#end(0))
      .on("close", () => this.#end(0));
  }

  get open() {
    return !this.#socket.destroyed;
  }

  /** Never rejects: a broken connection is the status 0. */
  post(bytes) {
    this.#started = performance.now();
    this.#missing = -1;
    this.#head = "";
    return new Promise((resolve) => {
      this.#settle = resolve;
      if (this.open) this.#socket.write(bytes);
      else this.#end(0);
    });
  }

  close() {
    this.#socket.destroy();
  }

  #read(chunk) {
    if (this.#missing >= 0) this.#missing -= chunk.length;
    else {
      this.#head += chunk.toString("latin1");
      const end = this.#head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(this.#head);
      if (length === null) throw new Error(`an answer without a length: ${this.#head.slice(0, end)}`);
      this.#status = Number(this.#head.slice(9, 12));
      this.#missing = Number(length[1]) - (this.#head.length - end - 4);
    }
    if (this.#missing === 0) this.#end(this.#status);
  }

  #end(status) {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.({ status, ms: performance.now() - this.#started });
  }
}

/** The bytes of each request. */
function requestsOf(url, bodies) {
  const { pathname, host } = new URL(url);
  return bodies.map((body) => {
    const head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}`;
    return Buffer.from(`${head}\r\n\r\n${body}`);
  });
}

/** Runs clients for some time; each sends its next request when it has its answer. */
export async function closedLoop({ url, bodies, clients, seconds }) {
  const requests = requestsOf(url, bodies);
  const connections = Array.from({ length: clients }, () => new Connection(url));
  const until = performance.now() + seconds * 1000;
  const answers = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < until) answers.push(await connection.post(requests[next++ % requests.length]));
    }),
  );
  const took = (performance.now() - started) / 1000;
  for (const connection of connections) connection.close();
  return { answers, took };
}

/**
 * Sends requests at a fixed rate, whether or not earlier ones are answered, as long as there are
 * free connections.
 */
export async function openLoop({ url, bodies, rate, seconds, connections, onSecond }) {
  const requests = requestsOf(url, bodies);
  const idle = [];
  const statuses = new Map();
  const accepted = [];
  let [sent, skipped, underWay, next] = [0, 0, 0, 0];
  const started = performance.now();
  let told = 0;
  const all = new Set();
  const sendOne = async () => {
    const kept = idle.pop();
    const connection = kept?.open === true ? kept : new Connection(url);
    const { status, ms } = await connection.post(requests[next++ % requests.length]);
    if (connection.open) idle.push(connection);
    underWay--;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === 200) accepted.push(ms);
  };
  for (;;) {
    const elapsed = (performance.now() - started) / 1000;
    if (elapsed >= seconds) break;
    if (Math.floor(elapsed) > told) onSecond?.(++told, { sent, underWay, statuses });
    for (; sent + skipped < rate * elapsed; ) {
      // The client's own limit: requests that it could not send are reported, not counted as
      // answers.
      if (underWay >= connections) {
        skipped++;
        continue;
      }
      sent++;
      underWay++;
      const one = sendOne();
      all.add(one);
      void one.finally(() => all.delete(one));
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(all);
  for (const connection of idle) connection.close();
  return { statuses, accepted, sent, skipped };
}

/** The quantile: the value below which this share of them lies. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
