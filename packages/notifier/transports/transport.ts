import type { Logger } from "@catapullt/core/log/logger";
import type { Message } from "../message/message.ts";

export interface TransportContext {
  environment: NodeJS.ProcessEnv;
  /** Aborts when the message is no longer waited for. */
  signal: AbortSignal;
  /** For what is worth a warning though the message was sent. */
  log?: Logger | undefined;
}

/** What a transport would send, for people to look at: without secrets. */
export interface TransportPreview {
  /** All of it, but for the HTML of a mail. */
  text: string;
  html?: string | undefined;
}

/** One way to tell somebody what happened: the port that every file of this directory implements. */
export interface Transport {
  /** For logs and tables, without any secret: `smtp mail.example.com:587`. */
  name: string;
  /** Settles when the other side has taken the message. Rejects with a `DeliveryError` otherwise. */
  send(message: Message, context: TransportContext): Promise<void>;
  /** What `send` would send of the message, without sending it. Rejects where a secret cannot be read. */
  preview(message: Message, context: TransportContext): Promise<TransportPreview>;
  /** Tells that a run begins, where the service measures runs. Settles and rejects as `send` does. */
  announceStart?(context: TransportContext): Promise<void>;
}
