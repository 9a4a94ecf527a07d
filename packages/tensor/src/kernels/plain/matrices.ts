import type { KernelsOf } from "../contract/descriptor.ts";
import type { matrices as contract } from "../contract/matrices.ts";
import type { Views } from "./views.ts";

/** Rows, transposes and products. */
export function matrices(views: Views): KernelsOf<typeof contract> {
  return {
    fillRows({ m, n, x, y, yStride }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) f32[y / 4 + i * yStride + j] = f32[x / 4 + j]!;
      }
    },

    sumRows({ m, n, x, xStride, y }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) f32[y / 4 + j]! += f32[x / 4 + i * xStride + j]!;
      }
    },

    gatherRows({ m, n, index, x, xStride, y, yStride }) {
      const { f32, i32 } = views;
      for (let i = 0; i < m; i++) {
        const row = i32[index / 4 + i]!;
        for (let j = 0; j < n; j++) f32[y / 4 + i * yStride + j] = f32[x / 4 + row * xStride + j]!;
      }
    },

    scatterRows({ m, n, index, x, xStride, y, yStride }) {
      const { f32, i32 } = views;
      for (let i = 0; i < m; i++) {
        const row = i32[index / 4 + i]!;
        for (let j = 0; j < n; j++) f32[y / 4 + row * yStride + j]! += f32[x / 4 + i * xStride + j]!;
      }
    },

    transpose({ m, n, x, xStride, y, yStride }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) f32[y / 4 + j * yStride + i] = f32[x / 4 + i * xStride + j]!;
      }
    },

    transposeAdd({ m, n, x, xStride, y, yStride }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) f32[y / 4 + j * yStride + i]! += f32[x / 4 + i * xStride + j]!;
      }
    },

    gemm({ m, n, k, a, aStride, b, bStride, c, cStride, accumulate }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          const cell = c / 4 + i * cStride + j;
          let sum = accumulate ? f32[cell]! : 0;
          for (let t = 0; t < k; t++) sum += f32[a / 4 + i * aStride + t]! * f32[b / 4 + t * bStride + j]!;
          f32[cell] = sum;
        }
      }
    },

    affine({ m, n, k, a, aStride, b, bStride, bias, y, yStride }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = f32[bias / 4 + j]!;
          for (let t = 0; t < k; t++) sum += f32[a / 4 + i * aStride + t]! * f32[b / 4 + t * bStride + j]!;
          f32[y / 4 + i * yStride + j] = sum;
        }
      }
    },

    gemmTransposed({ m, n, k, a, aStride, b, bStride, c, cStride, accumulate }) {
      const { f32 } = views;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          const cell = c / 4 + i * cStride + j;
          let sum = accumulate ? f32[cell]! : 0;
          for (let t = 0; t < k; t++) sum += f32[a / 4 + t * aStride + i]! * f32[b / 4 + t * bStride + j]!;
          f32[cell] = sum;
        }
      }
    },
  };
}
