import { escapeHtml } from "@catapullt/core/html";
import { renderBrief } from "../message/brief.ts";
import type { Message } from "../message/message.ts";
import type { MatrixSettings } from "./account-settings.ts";
import { createHttpTransport, jsonRequest, resourceUrl } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

// An event may have 65,536 bytes, and the text stands in it twice.
const longestText = 20_000;

/**
 * A Matrix room: https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid, with
 * HTML (#mroommessage-msgtypes) and an empty `m.mentions` (#user-and-room-mentions), which mentions nobody. The message's id
 * is the transaction's, so a message that is sent again is shown once.
 */
export function createMatrixTransport(settings: MatrixSettings): Transport {
  return createHttpTransport({
    name: `matrix ${settings.room}`,
    service: "Matrix",
    keys: "`url`, `token` and `room`: the sender must be in the room",
    settings,
    secrets: { token: settings.token },
    requests: (message, url, { token }) => {
      const path = ["_matrix", "client", "v3", "rooms", settings.room, "send", "m.room.message", message.id];
      const headers = { authorization: `Bearer ${token}` };
      return [jsonRequest(resourceUrl(url, ...path), matrixPayload(message), { method: "PUT", headers })];
    },
  });
}

function matrixPayload({ subject, content }: Message): object {
  const cost = (text: string) =>
    Buffer.byteLength(JSON.stringify(text)) + Buffer.byteLength(JSON.stringify(escapeHtml(text)));
  const { body, log } = renderBrief(content, { limit: 2 * longestText, cost });
  const parts = [body, log].filter((text) => text !== "");
  return {
    msgtype: "m.text",
    body: [subject, ...parts].join("\n\n"),
    format: "org.matrix.custom.html",
    formatted_body: `<strong>${escapeHtml(subject)}</strong>${parts.map((text) => `<pre>${escapeHtml(text)}</pre>`).join("")}`,
    "m.mentions": {},
  };
}
