const waiting = new Map<Element, () => void>();

/**
 * One observer for all drawings of a page, so a thousand drawings cost no more than the few in
 * view.
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

/** Calls back once, when an element is about to scroll into view. */
export const near = { watch, forget };

function watch(element: Element, arrive: () => void): void {
  waiting.set(element, arrive);
  observer.observe(element);
}

function forget(element: Element): void {
  waiting.delete(element);
  observer.unobserve(element);
}
