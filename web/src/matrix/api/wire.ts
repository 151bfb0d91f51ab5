/** Shapes as the server sends them. Nothing here was checked: `sync/prepare.ts` does that. */

export type Content = Readonly<Record<string, unknown>>;

export interface WireEvent {
  readonly type: string;
  readonly sender: string;
  readonly content: Content;
  readonly event_id: string;
  readonly origin_server_ts: number;
  readonly state_key?: string;
  readonly redacts?: string;
  readonly unsigned?: {
    readonly transaction_id?: string;
    readonly prev_content?: Content;
    readonly redacted_because?: object;
    readonly "m.relations"?: { readonly "m.replace"?: WireEvent };
  };
}

export interface MessagesAnswer {
  readonly chunk: readonly WireEvent[];
  readonly state?: readonly WireEvent[];
  readonly start: string;
  /** Absent: nothing further. */
  readonly end?: string;
}

export interface Profile {
  readonly displayname?: string;
  readonly avatar_url?: string;
}

export interface SignedInAnswer {
  readonly user_id: string;
  readonly access_token: string;
  readonly device_id: string;
  readonly refresh_token?: string;
  readonly expires_in_ms?: number;
  /** Only the setup answer has it. */
  readonly server_name?: string;
}

export interface ServerFacts {
  readonly name: string | null;
  readonly setup_needed: boolean;
  readonly registration: "open" | "closed";
  readonly public_url: string | null;
}
