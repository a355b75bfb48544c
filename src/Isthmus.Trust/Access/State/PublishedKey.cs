using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Access.State;

/// <summary>The public half of a key of the authorization server.</summary>
/// <param name="Activates">From when it signs, until another one does.</param>
/// <param name="Withdrawn">Since when only tokens of it that are on record are believed; null for a key that is sound.</param>
public sealed record PublishedKey(JsonWebKey Key, DateTimeOffset Activates, DateTimeOffset? Withdrawn);
