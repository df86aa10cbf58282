interface ChannelInternals {
  incoming?: { window?: unknown };
  outgoing?: { id?: unknown; state?: unknown };
  _client?: { _protocol?: { channelWindowAdjust?: (channel: number, bytes: number) => void } };
}

/**
 * Lets the other side send `bytes` before it must wait for us. ssh2 never allows more than 2 MB (RFC 4254, 5.2), and has no public
 * place to change that: on a long line that is the limit of the rate. The function that is returned is to be called as data
 * are taken; it allows as much again. Where ssh2 looks different inside, nothing is changed: everything works, only slower.
 */
export function openWindow(channel: object, bytes: number): () => void {
  const { incoming, outgoing, _client } = channel as ChannelInternals;
  const protocol = _client?._protocol;
  if (typeof incoming?.window !== "number" || typeof outgoing?.id !== "number") return () => {};
  if (typeof protocol?.channelWindowAdjust !== "function") return () => {};
  const refill = () => {
    const missing = bytes - Number(incoming.window);
    if (missing < bytes / 2 || outgoing.state !== "open") return;
    incoming.window = bytes;
    protocol.channelWindowAdjust?.(Number(outgoing.id), missing);
  };
  refill();
  return refill;
}
