import { count, inOut, input, items, jointKernel, kernel, scalar } from "./descriptor.ts";
import { cells } from "./extent.ts";

/**
 * Parameter updates of n cells, a multiple of 4, and what they need of the gradient. `clip` is a
 * factor of the gradient.
 */
export const optimise = {
  sumSquares: jointKernel("Σ x² in double precision; not finite if any x is not", [count("n"), input("x", cells("n"))], "f64"),

  adam: kernel("Kingma and Ba 2015; `rate` holds lr·√(1 − β2^t) / (1 − β1^t), `epsilon` is scaled by √(1 − β2^t) too", [
    items("n", 4),
    inOut("w", cells("n")),
    input("g", cells("n")),
    inOut("m", cells("n")),
    inOut("v", cells("n")),
    scalar("rate"),
    scalar("beta1"),
    scalar("beta2"),
    scalar("epsilon"),
    scalar("clip"),
  ]),

  adadelta: kernel("Zeiler 2012; `square` and `moved` hold the running means of g² and of the squared moves", [
    items("n", 4),
    inOut("w", cells("n")),
    input("g", cells("n")),
    inOut("square", cells("n")),
    inOut("moved", cells("n")),
    scalar("rate"),
    scalar("rho"),
    scalar("epsilon"),
    scalar("clip"),
  ]),

  rmsprop: kernel("Tieleman and Hinton 2012, with epsilon outside the root as in PyTorch", [
    items("n", 4),
    inOut("w", cells("n")),
    input("g", cells("n")),
    inOut("square", cells("n")),
    scalar("rate"),
    scalar("rho"),
    scalar("epsilon"),
    scalar("clip"),
  ]),
};
