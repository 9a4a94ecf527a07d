// All kernels of one instruction set, as a table. Compiled once for each set.
#include "attention.hpp"
#include "contract.generated.h"
#include "elementwise.hpp"
#include "losses.hpp"
#include "matrices.hpp"
#include "normalise.hpp"
#include "optimise.hpp"
#include "pairs.hpp"
#include "recurrent.hpp"
#include "spans.hpp"
#include "windows.hpp"

#define WEFT_JOIN(a, b) a##b
#define WEFT_TABLE(set) WEFT_JOIN(weft_, set)
#define WEFT_ENTRY(name, parameters) WEFT_SET::name,

extern "C" const WeftKernels WEFT_TABLE(WEFT_SET);
const WeftKernels WEFT_TABLE(WEFT_SET) = {WEFT_KERNELS(WEFT_ENTRY)};
