// The page's content policy forbids code from text. zod would try and then do without, which the
// browser reports as a fault.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
