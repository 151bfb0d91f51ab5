import { expect, test } from "vitest";
import { Disposables } from "./disposables.ts";
import { folded } from "./folded.ts";
import { Signal } from "./signal.ts";

test("a subscriber is told the present value at once, then every other one until it stops", () => {
  const signal = new Signal(1);
  const told: number[] = [];
  const stop = signal.subscribe((value) => told.push(value));
  signal.set(2);
  signal.set(2);
  signal.update((value) => value + 1);
  stop();
  signal.set(9);

  expect(told).toEqual([1, 2, 3]);
});

test("the same function subscribed twice is told twice, and stops once", () => {
  const signal = new Signal(0);
  let calls = 0;
  const count = (): void => {
    calls += 1;
  };
  const stop = signal.subscribe(count);
  signal.subscribe(count);
  stop();
  signal.set(1);

  expect(calls).toBe(3);
});

test("a subscriber that leaves while others are told does not keep them from it", () => {
  const signal = new Signal(0);
  const told: string[] = [];
  const stop = signal.subscribe((value) => {
    if (value === 1) {
      stop();
    }
  });
  signal.subscribe((value) => told.push(`second ${value}`));
  signal.set(1);

  expect(told).toEqual(["second 0", "second 1"]);
});

test("disposables are undone last first, once, and at once when it is too late", () => {
  const done: string[] = [];
  const disposables = new Disposables();
  disposables.add(() => done.push("first"));
  disposables.add(() => done.push("second"));
  disposables.dispose();
  disposables.dispose();
  disposables.add(() => done.push("late"));

  expect(done).toEqual(["second", "first", "late"]);
});

test("folded text has neither capitals nor accents", () => {
  expect(folded("Perché NO, Žižek?")).toBe("perche no, zizek?");
});
