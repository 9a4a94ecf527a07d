import { count, inOut, input, jointKernel, scalar, stride } from "./descriptor.ts";
import { cells } from "./extent.ts";

/**
 * Cross-entropies that give the loss and the gradient of the scores in one pass. A gold of −1
 * stands for no class.
 */
export const losses = {
  softmaxLoss: jointKernel(
    "Σ_i −weights[i]·ln p[i, gold[i]]; dx += factor·weights[i]·(p − onehot)",
    [
      count("m"),
      stride("stride"),
      input("p", cells("m", "stride")),
      input("gold", cells("m"), "i32"),
      input("weights", cells("m"), "optional"),
      scalar("factor"),
      inOut("dx", cells("m", "stride"), "optional"),
    ],
    "f64",
  ),

  rankingLoss: jointKernel(
    "Σ_i ln(1 + e^(scale·(m⁺ − x[i, gold]))) + ln(1 + e^(scale·(m⁻ + x[i, best wrong]))); dx += factor·slopes",
    [
      count("m"),
      count("classes"),
      stride("stride"),
      input("x", cells("m", "stride")),
      input("gold", cells("m"), "i32"),
      scalar("positiveMargin"),
      scalar("negativeMargin"),
      scalar("scale"),
      scalar("factor"),
      inOut("dx", cells("m", "stride"), "optional"),
    ],
    "f64",
  ),
};
