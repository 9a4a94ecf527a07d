import { describeOp } from "../../testing/describe-op.ts";
import { opCases } from "../../testing/op-cases/index.ts";

for (const [name, cases] of Object.entries(opCases)) {
  for (const [k, operation] of cases.entries()) describeOp(cases.length === 1 ? name : `${name} (${k + 1})`, operation);
}
