import type { Message } from "../message/message.ts";

export interface TransportContext {
  environment: NodeJS.ProcessEnv;
  /** Aborts when the message is no longer waited for. */
  signal: AbortSignal;
}

/** One way to tell somebody what happened: the port that every file of this directory implements. */
export interface Transport {
  /** For logs and tables, without any secret: `smtp mail.example.com:587`. */
  name: string;
  /** Settles when the other side has taken the message. Rejects with a `DeliveryError` otherwise. */
  send(message: Message, context: TransportContext): Promise<void>;
  /** Tells that a run begins, where the service measures runs. Settles and rejects as `send` does. */
  announceStart?(context: TransportContext): Promise<void>;
}
