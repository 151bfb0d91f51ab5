/**
 * A value that tells when it changes.
 *
 * `subscribe` calls the listener at once with the present value and then after every change, so a signal is
 * also a valid Svelte store. Whoever subscribes owns the returned function and calls it to stop.
 */
export interface ReadonlySignal<T> {
  readonly value: T;
  subscribe(listener: (value: T) => void): () => void;
}

export class Signal<T> implements ReadonlySignal<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  subscribe(listener: (value: T) => void): () => void {
    // Wrapped, so that the same function subscribed twice is two subscriptions.
    const entry = (value: T): void => listener(value);
    this.#listeners.add(entry);
    entry(this.#value);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) {
      return;
    }
    this.#value = value;
    for (const listener of [...this.#listeners]) {
      listener(value);
    }
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }
}
