using System.Collections.Immutable;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access.Switches;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tokens.Jose;

namespace Isthmus.Trust.Access.State;

/// <summary>
/// All that decides on the way of a request, as it was at one epoch: clients, the keys that verify tokens, the tokens that were taken
/// back, what is switched off. In memory, never changed; a change makes the next one.
/// </summary>
public sealed record AccessState
{
    /// <summary>How long a key that signs no more stays published: its last token, and whoever's copy of the set is old.</summary>
    public static readonly TimeSpan Overlap = AccessSettings.LongestLifetime + AccessSettings.LargestSkew + TimeSpan.FromMinutes(5);

    public static AccessState Empty { get; } = new();

    public long Epoch { get; init; }

    public ImmutableDictionary<string, Client> Clients { get; init; } = ImmutableDictionary.Create<string, Client>(StringComparer.Ordinal);

    /// <summary>In the order in which they became or become active.</summary>
    public ImmutableArray<PublishedKey> Keys { get; init; } = [];

    /// <summary>Tokens that were taken back, with when they would have expired.</summary>
    public ImmutableDictionary<Guid, DateTimeOffset> Revoked { get; init; } = ImmutableDictionary<Guid, DateTimeOffset>.Empty;

    /// <summary>What an operator has switched off.</summary>
    public SwitchBoard Switches { get; init; } = SwitchBoard.AllOn;

    /// <summary>The client, if it may come in now.</summary>
    public Client? ActiveClient(string id, DateTimeOffset now) =>
        Clients.TryGetValue(id, out var client) && client.IsActive(now) ? client : null;

    /// <summary>Whether a token that was good may still be used: it was not taken back, nor its client shut out.</summary>
    public bool Lets(Caller caller, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return !Revoked.ContainsKey(caller.Token) && ActiveClient(caller.Client, now) is not null;
    }

    /// <summary>The key of that id, withdrawn or not: who asks looks at that.</summary>
    public PublishedKey? KeyOf(string id)
    {
        foreach (var key in Keys)
        {
            if (key.Key.Id == id)
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>The key that signs now: of those that are active and sound, the latest.</summary>
    public PublishedKey? SigningKey(DateTimeOffset now) => Keys.LastOrDefault(k => k.Withdrawn is null && k.Activates <= now);

    /// <summary>What others verify our tokens with: the key that signs, those that will, and those whose last tokens are still out.</summary>
    public KeySet PublishedAt(DateTimeOffset now) => new(
        [.. Keys.Where((key, at) => key.Withdrawn is null && !IsSuperseded(at, now - Overlap)).Select(k => k.Key)]);

    private bool IsSuperseded(int at, DateTimeOffset by) => Keys.Skip(at + 1).Any(later => later.Withdrawn is null && later.Activates <= by);
}
