import { OperationError, type OperationErrorOptions } from "@catapullt/core/errors";

export interface DeliveryErrorOptions extends OperationErrorOptions {
  /** True when the same message may get through a little later: the server is busy, or does not answer just now. */
  isTransient: boolean;
  /** True when some got it, so that it must not be sent again. */
  isPartlySent?: boolean;
  /** Milliseconds that the other side asks to wait before the next try. */
  retryAfter?: number | undefined;
}

/** A message that a transport could not send. */
export class DeliveryError extends OperationError {
  readonly isTransient: boolean;
  readonly isPartlySent: boolean;
  readonly retryAfter: number | undefined;

  constructor(message: string, { isTransient, isPartlySent = false, retryAfter, ...options }: DeliveryErrorOptions) {
    super("message-not-sent", message, options);
    this.isTransient = isTransient;
    this.isPartlySent = isPartlySent;
    this.retryAfter = retryAfter;
  }
}
