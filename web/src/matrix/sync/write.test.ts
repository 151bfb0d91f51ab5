import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test } from "vitest";
import { ANNA, BRUNO, CARLA, CHAT, edit, event, member, message, room, state, sync } from "../../fake/builders.ts";
import { emptyStore, takeSync, timelineOf } from "../../fake/store.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { ChatRecord } from "../store/records.ts";
import { recordOf } from "../timeline/events.ts";

let store: LocalStore;

beforeEach(async () => {
  store = await emptyStore();
});

async function chat(): Promise<ChatRecord | undefined> {
  return (await store.listChats()).find(({ chatId }) => chatId === CHAT);
}

async function unsent(transactionId: string, state: "waiting" | "sent", eventId: string | null): Promise<void> {
  await store.write((write) =>
    write.putOutbox({
      transactionId,
      chatId: CHAT,
      sequence: 1,
      type: "m.room.message",
      content: { msgtype: "m.text", body: "ciao" },
      writtenAtMs: 1,
      state,
      eventId,
    }),
  );
}

describe("what a sync tells of a chat", () => {
  test("its name, members, counts and newest message are kept, with the token", async () => {
    const timeline = [message(BRUNO, "ciao"), message(BRUNO, "come va?")];
    const facts = [state("m.room.name", BRUNO, { name: "Casa" }), member(BRUNO, "join")];
    await takeSync(
      store,
      sync("s1", { [CHAT]: room({ timeline, state: facts, joined: 2, unread: 2, highlights: 1 }) }),
    );

    expect(await chat()).toMatchObject({ name: "Casa", joinedCount: 2, unreadCount: 2, highlightCount: 1 });
    expect((await chat())?.preview).toMatchObject({ event: { content: { body: "come va?" } }, senderName: "Bruno" });
    expect(await timelineOf(store, CHAT)).toEqual(["ciao", "come va?"]);
    expect(await store.findSyncToken()).toBe("s1");
  });

  test("what is unread is counted from one's coming", async () => {
    const timeline = [message(BRUNO, "ciao"), member(ANNA, "join"), message(BRUNO, "benvenuta")];
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline, unread: 1 }) }));
    const before = await chat();
    expect(before?.ownJoinPosition).toBe((before?.topPosition ?? 0) - 1);

    const renamed = member(ANNA, "join", { name: "Annina" });
    const unsigned = { prev_content: { membership: "join" } };
    await takeSync(store, sync("s2", { [CHAT]: room({ timeline: [{ ...renamed, unsigned }] }) }));
    expect((await chat())?.ownJoinPosition).toBe(before?.ownJoinPosition);
  });

  test("people are called by the name they have now", async () => {
    await takeSync(store, sync("s1", { [CHAT]: room({ state: [member(BRUNO, "join")], heroes: [BRUNO] }) }));
    const renamed = member(BRUNO, "join", { name: "Bruno il Grande" });
    await takeSync(store, sync("s2", { [CHAT]: room({ timeline: [renamed] }) }));

    expect((await chat())?.heroes).toEqual([{ userId: BRUNO, name: "Bruno il Grande" }]);
  });

  test("state as it stands after the timeline is not overwritten by the timeline", async () => {
    const older = state("m.room.name", BRUNO, { name: "vecchio" });
    const joined = {
      ...room({ timeline: [older] }),
      state_after: { events: [state("m.room.name", BRUNO, { name: "nuovo" })] },
    };
    await takeSync(store, sync("s1", { [CHAT]: joined }));

    expect((await chat())?.name).toBe("nuovo");
  });

  test("whoever has too little power may not write", async () => {
    const levels = state("m.room.power_levels", BRUNO, { events_default: 50, users: { [BRUNO]: 100 } });
    await takeSync(store, sync("s1", { [CHAT]: room({ state: [state("m.room.create", BRUNO, {}), levels] }) }));
    expect((await chat())?.mayWrite).toBe(false);

    const raised = state("m.room.power_levels", BRUNO, { events_default: 50, users: { [ANNA]: 50 } });
    await takeSync(store, sync("s2", { [CHAT]: room({ timeline: [raised] }) }));
    expect((await chat())?.mayWrite).toBe(true);
  });

  test("malformed events are left out and the others kept", async () => {
    const timeline = [{ type: 3 }, null, message(BRUNO, "sano"), { type: "m.room.message", sender: BRUNO }];
    await takeSync(
      store,
      sync("s1", { [CHAT]: room({ timeline: timeline as never }), "!odd:example.org": null as never }),
    );

    expect(await timelineOf(store, CHAT)).toEqual(["sano"]);
  });

  test("an event that comes twice is kept once", async () => {
    const ciao = message(BRUNO, "ciao");
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [ciao] }) }));
    await takeSync(store, sync("s2", { [CHAT]: room({ timeline: [ciao, message(BRUNO, "eccomi")] }) }));

    expect(await timelineOf(store, CHAT)).toEqual(["ciao", "eccomi"]);
  });

  test("nothing of a sync is kept, and nobody is told, when one write of it fails", async () => {
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "prima")] }) }));
    let told = 0;
    store.onChange(() => {
      told += 1;
    });
    const unstorable = event("m.room.message", BRUNO, { body: () => "a function cannot be stored" });
    const failing = takeSync(store, sync("s2", { [CHAT]: room({ timeline: [message(BRUNO, "dopo"), unstorable] }) }));

    await expect(failing).rejects.toThrow();
    expect(await timelineOf(store, CHAT)).toEqual(["prima"]);
    expect(await store.findSyncToken()).toBe("s1");
    expect(told).toBe(0);
  });
});

describe("gaps", () => {
  test("a first sync leaves a gap before what it brought", async () => {
    await takeSync(
      store,
      sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "ciao")], limited: true, previous: "p1" }) }),
    );

    expect(await timelineOf(store, CHAT)).toEqual(["gap p1", "ciao"]);
  });

  test("a chat known from its creation has no gap", async () => {
    const timeline = [state("m.room.create", BRUNO, {}), message(BRUNO, "ciao")];
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline, previous: "p1" }) }));

    expect(await timelineOf(store, CHAT)).toEqual(["m.room.create", "ciao"]);
  });

  test("a limited sync leaves a gap between what was known and what is new", async () => {
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "uno")] }) }));
    await takeSync(
      store,
      sync("s2", { [CHAT]: room({ timeline: [message(BRUNO, "nove")], limited: true, previous: "p2" }) }),
    );

    expect(await timelineOf(store, CHAT)).toEqual(["uno", "gap p2", "nove"]);
  });

  test("accepting an invitation leaves a gap before what is then told, limited or not", async () => {
    const invited = { [CHAT]: { invite_state: { events: [member(ANNA, "invite", { sender: BRUNO })] } } };
    await takeSync(store, sync("s1", {}, { invite: invited }));
    await takeSync(store, sync("s2", { [CHAT]: room({ timeline: [member(ANNA, "join")], previous: "p2" }) }));

    expect(await timelineOf(store, CHAT)).toEqual(["gap p2", "m.room.member"]);
  });
});

describe("changes to messages", () => {
  test("an edit by its author changes a message, in the timeline and in the list", async () => {
    const ciao = message(BRUNO, "cioa");
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [ciao] }) }));
    await takeSync(store, sync("s2", { [CHAT]: room({ timeline: [edit(BRUNO, ciao.event_id, "ciao")] }) }));

    expect((await timelineOf(store, CHAT))[0]).toBe("ciao");
    expect((await chat())?.preview?.event.edit?.content["body"]).toBe("ciao");
  });

  test("an edit by somebody else changes nothing", async () => {
    const ciao = message(BRUNO, "ciao");
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [ciao, edit(CARLA, ciao.event_id, "addio")] }) }));

    expect((await timelineOf(store, CHAT))[0]).toBe("ciao");
  });

  test("the newest of two edits counts, whichever comes first", async () => {
    const ciao = message(BRUNO, "1");
    const newest = edit(BRUNO, ciao.event_id, "3", { origin_server_ts: 300 });
    const older = edit(BRUNO, ciao.event_id, "2", { origin_server_ts: 200 });
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [ciao, newest, older] }) }));

    expect((await timelineOf(store, CHAT))[0]).toBe("3");
  });

  test("of a deleted message nothing remains on the device", async () => {
    const secret = message(BRUNO, "segreto");
    await takeSync(
      store,
      sync("s1", { [CHAT]: room({ timeline: [secret, edit(BRUNO, secret.event_id, "segretissimo")] }) }),
    );
    const redaction = event("m.room.redaction", BRUNO, { redacts: secret.event_id });
    await takeSync(store, sync("s2", { [CHAT]: room({ timeline: [redaction] }) }));

    const entry = await store.findEvent(CHAT, secret.event_id);
    expect(entry?.event).toMatchObject({ redacted: true, content: {}, edit: null });
    expect((await chat())?.preview?.event.redacted ?? true).toBe(true);
    const kept = [await chat(), await store.listEntriesBelow(CHAT, Number.POSITIVE_INFINITY, 100)];
    expect(JSON.stringify(kept)).not.toContain("segret");
  });

  test("a deleted edit leaves the message as it was written", async () => {
    const ciao = message(BRUNO, "ciao");
    const change = edit(BRUNO, ciao.event_id, "addio");
    const redaction = event("m.room.redaction", BRUNO, {}, { redacts: change.event_id });
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [ciao, change, redaction] }) }));

    expect((await timelineOf(store, CHAT))[0]).toBe("ciao");
  });
});

describe("receipts", () => {
  test("another's receipt tells how far the others have read; own ones do not", async () => {
    const [one, two] = [message(ANNA, "uno"), message(ANNA, "due")];
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [one, two], receipts: { [ANNA]: two.event_id } }) }));
    expect((await chat())?.othersReadPosition).toBeNull();

    await takeSync(store, sync("s2", { [CHAT]: room({ receipts: { [BRUNO]: one.event_id } }) }));
    const position = (await store.findEvent(CHAT, one.event_id))?.position;
    expect((await chat())?.othersReadPosition).toBe(position);
  });

  test("a receipt never goes back", async () => {
    const [one, two] = [message(ANNA, "uno"), message(ANNA, "due")];
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [one, two], receipts: { [BRUNO]: two.event_id } }) }));
    await takeSync(store, sync("s2", { [CHAT]: room({ receipts: { [CARLA]: one.event_id } }) }));

    expect((await chat())?.othersReadPosition).toBe((await store.findEvent(CHAT, two.event_id))?.position);
  });

  test("whoever writes has read what stands above", async () => {
    const mine = message(ANNA, "ci sei?");
    const answer = message(BRUNO, "sì");
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [mine, answer] }) }));

    expect((await chat())?.othersReadPosition).toBe((await store.findEvent(CHAT, answer.event_id))?.position);
  });
});

describe("messages of this device that come back", () => {
  test("an event with the transaction id of an unsent message takes its place", async () => {
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "ciao")] }) }));
    await unsent("t1", "waiting", null);
    const echo = message(ANNA, "ciao", { unsigned: { transaction_id: "t1" } });
    await takeSync(store, sync("s2", { [CHAT]: room({ timeline: [echo] }) }));

    expect(await store.listOutbox()).toEqual([]);
    expect((await store.findEvent(CHAT, echo.event_id))?.event).toEqual(recordOf(echo));
  });

  test("an event that the server had named takes its place also without the transaction id", async () => {
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "ciao")] }) }));
    const echo = message(ANNA, "ciao");
    await unsent("t1", "sent", echo.event_id);
    await takeSync(store, sync("s2", { [CHAT]: room({ timeline: [echo] }) }));

    expect(await store.listOutbox()).toEqual([]);
  });

  test("also in a chat just made, which arrives together with its first message", async () => {
    await unsent("t1", "waiting", null);
    const echo = message(ANNA, "ciao", { unsigned: { transaction_id: "t1" } });
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [state("m.room.create", ANNA, {}), echo] }) }));

    expect(await store.listOutbox()).toEqual([]);
  });

  test("a sent message whose event lies in a gap is not shown for ever; an unsent one is kept", async () => {
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "ciao")] }) }));
    await unsent("t1", "sent", "$lost");
    await unsent("t2", "waiting", null);
    await takeSync(
      store,
      sync("s2", { [CHAT]: room({ timeline: [message(BRUNO, "tanto dopo")], limited: true, previous: "p" }) }),
    );

    expect((await store.listOutbox()).map(({ transactionId }) => transactionId)).toEqual(["t2"]);
  });
});

describe("coming and going", () => {
  test("an invitation tells who invites, to what, and whether it is for a one-to-one chat", async () => {
    const invitation = event("m.room.member", BRUNO, { membership: "invite", is_direct: true }, { state_key: ANNA });
    const invited = { [CHAT]: { invite_state: { events: [invitation, member(BRUNO, "join")] } } };
    await takeSync(store, sync("s1", {}, { invite: invited }));

    expect(await chat()).toMatchObject({
      membership: "invite",
      inviter: { userId: BRUNO, name: "Bruno" },
      invitedToDirect: true,
    });
  });

  test("a chat one has left leaves nothing behind", async () => {
    await takeSync(
      store,
      sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "ciao")], state: [member(BRUNO, "join")] }) }),
    );
    await unsent("t1", "waiting", null);
    const left = { [CHAT]: { timeline: { events: [member(ANNA, "leave")] } } };
    await takeSync(store, sync("s2", {}, { leave: left }));

    expect(await chat()).toBeUndefined();
    expect(await timelineOf(store, CHAT)).toEqual([]);
    expect(await store.listMembers(CHAT)).toEqual([]);
    expect(await store.listOutbox()).toEqual([]);
  });

  test("a chat one was removed from stays to be read, and cannot be written to", async () => {
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "ciao")] }) }));
    const left = { [CHAT]: { timeline: { events: [member(ANNA, "leave", { sender: BRUNO })] } } };
    await takeSync(store, sync("s2", {}, { leave: left }));

    expect(await chat()).toMatchObject({ membership: "leave", mayWrite: false });
    expect(await timelineOf(store, CHAT)).toEqual(["ciao", "m.room.member"]);
  });

  test("an invitation that is withdrawn disappears", async () => {
    const invited = { [CHAT]: { invite_state: { events: [member(ANNA, "invite", { sender: BRUNO })] } } };
    await takeSync(store, sync("s1", {}, { invite: invited }));
    const left = { [CHAT]: { timeline: { events: [member(ANNA, "leave", { sender: BRUNO })] } } };
    await takeSync(store, sync("s2", {}, { leave: left }));

    expect(await chat()).toBeUndefined();
  });
});
