using Isthmus.Inbound.Journal;

namespace Isthmus.Inbound.Receiving;

/// <summary>How a message came in.</summary>
/// <param name="Listener">Where, by the name in <c>isthmus.yaml</c>; at the door, the feed's name.</param>
/// <param name="CharacterSet">What the transport says of the encoding, for MSH-18; null where MSH-18 decides.</param>
/// <param name="By">Who handed it in at the door; null at a listener of its own, where the sender is known by the line.</param>
internal sealed record Arrival(string Listener, string? CharacterSet = null, HandIn? By = null);
