// The page's content policy forbids eval. Zod would try it and fall back, but the browser would
// report a violation.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
