/** Things to undo, undone together and once: subscriptions, timers, connections. */
export class Disposables {
  readonly #undo: (() => void)[] = [];
  #disposed = false;

  /** Registers `undo`; runs it at once when everything was disposed already. */
  add(undo: () => void): void {
    if (this.#disposed) {
      undo();
    } else {
      this.#undo.push(undo);
    }
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    this.#disposed = true;
    for (const undo of this.#undo.splice(0).reverse()) {
      undo();
    }
  }
}
