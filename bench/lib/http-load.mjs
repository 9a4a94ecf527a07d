import { connect } from "node:net";

/**
 * One connection that stays open, for one request at a time. Clients are to take as little as they
 * can of the machine that they share with the server: the requests are made before the clock runs,
 * and of an answer only status and length are looked at.
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

  /** Never rejects: a connection that breaks is the status 0. */
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

/** So many clients, each sending its next request when it has its answer, for so long. */
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
 * Requests at a fixed rate, whether or not the ones before are answered, as far as there are
 * connections.
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
      // The client's own limit: what it could not even send is said, not counted as an answer.
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

/** The value below which a share of them lies. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
