import { OperationError, type OperationErrorOptions } from "@catapullt/core/errors";

export interface DeliveryErrorOptions extends OperationErrorOptions {
  /** True when the same message may get through a little later: the server is busy, or does not answer just now. */
  isTransient: boolean;
}

/** A message that a transport could not send. */
export class DeliveryError extends OperationError {
  readonly isTransient: boolean;

  constructor(message: string, { isTransient, ...options }: DeliveryErrorOptions) {
    super("message-not-sent", message, options);
    this.isTransient = isTransient;
  }
}
