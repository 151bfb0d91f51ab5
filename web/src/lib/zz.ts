import "../matrix/chats.ts";
