import { Agent, request } from "node:http";

/** One POST over a connection that stays open. Never rejects: a connection that breaks is the status 0. */
function post(url, agent, body, type = "application/json") {
  return new Promise((resolve) => {
    const started = performance.now();
    let settled = false;
    const end = (status, headers) => {
      if (settled) return;
      settled = true;
      resolve({ status, ms: performance.now() - started, retryAfter: headers?.["retry-after"] });
    };
    const sent = request(
      url,
      { method: "POST", agent, headers: { "content-type": type, "content-length": Buffer.byteLength(body) } },
      (response) => {
        response.on("error", () => end(0));
        response.on("end", () => end(response.statusCode, response.headers));
        response.resume();
      },
    );
    sent.on("error", () => end(0));
    sent.end(body);
  });
}

/** So many clients, each sending its next request when it has its answer, for so long. */
export async function closedLoop({ url, bodies, clients, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const until = performance.now() + seconds * 1000;
  const answers = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < until) answers.push(await post(url, agent, bodies[next++ % bodies.length]));
    }),
  );
  const took = (performance.now() - started) / 1000;
  agent.destroy();
  return { answers, took };
}

/** Requests at a fixed rate, whether or not the ones before are answered, as far as there are connections. */
export async function openLoop({ url, bodies, rate, seconds, connections, onSecond }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const statuses = new Map();
  const accepted = [];
  let [sent, skipped, underWay, next] = [0, 0, 0, 0];
  const started = performance.now();
  let told = 0;
  const all = new Set();
  const sendOne = async () => {
    const { status, ms } = await post(url, agent, bodies[next++ % bodies.length]);
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
  agent.destroy();
  return { statuses, accepted, sent, skipped };
}

/** The value below which a share of them lies. */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
