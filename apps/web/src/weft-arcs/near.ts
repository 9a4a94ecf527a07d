const waiting = new Map<Element, () => void>();

/**
 * One observer for all drawings of a page: a thousand of them cost no more than the few that are
 * near.
 */
const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      const arrive = waiting.get(target);
      forget(target);
      arrive?.();
    }
  },
  { rootMargin: "900px" },
);

/** Calls once, when an element comes near to what can be seen. */
export const near = { watch, forget };

function watch(element: Element, arrive: () => void): void {
  waiting.set(element, arrive);
  observer.observe(element);
}

function forget(element: Element): void {
  waiting.delete(element);
  observer.unobserve(element);
}
