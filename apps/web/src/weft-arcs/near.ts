const waiting = new Map<Element, () => void>();

/**
 * One observer for all drawings of a page, so a thousand drawings cost no more than the few in
 * view.
 */
let observer: IntersectionObserver | undefined;

function arrivals(entries: readonly IntersectionObserverEntry[]): void {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    const arrive = waiting.get(target);
    forget(target);
    arrive?.();
  }
}

/** Calls back once, when an element is about to scroll into view. */
export const near = { watch, forget };

function watch(element: Element, arrive: () => void): void {
  waiting.set(element, arrive);
  observer ??= new IntersectionObserver(arrivals, { rootMargin: "900px" });
  observer.observe(element);
}

function forget(element: Element): void {
  waiting.delete(element);
  observer?.unobserve(element);
}
