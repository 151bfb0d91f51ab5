import { expect, test, vi } from "vitest";
import { channelLocks } from "./channel-locks.ts";

const hold = (name: string, steal: boolean, onLost = vi.fn()) => channelLocks().hold(name, { steal, onLost });

test("a second tab is told that the first holds the lock", async () => {
  const first = await hold("a", false);

  expect(first).not.toBeNull();
  expect(await hold("a", false)).toBeNull();
  expect(await hold("another", false)).not.toBeNull();
  first?.release();
});

test("a second tab that takes the lock makes the first lose it, once", async () => {
  const onLost = vi.fn();
  await hold("b", false, onLost);
  const second = await hold("b", true);
  await vi.waitFor(() => expect(onLost).toHaveBeenCalledTimes(1));

  expect(await hold("b", false)).toBeNull();
  second?.release();
  expect(onLost).toHaveBeenCalledTimes(1);
});

test("a lock that was released can be had", async () => {
  const first = await hold("c", false);
  first?.release();
  const second = await hold("c", false);

  expect(second).not.toBeNull();
  second?.release();
});
