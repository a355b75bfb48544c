namespace Isthmus.Trust.Access.Switches;

public enum SwitchKind
{
    Client,
    Tenant,
    Route,

    /// <summary>Requests that touch what the scope grants, whatever else their tokens hold.</summary>
    Scope,
    Integration,

    /// <summary>Deliveries wait; none is lost.</summary>
    Destination,
}

/// <summary>Something that is switched off.</summary>
/// <param name="Target">A client's id, a tenant's number, a route's, an integration's or a destination's name, or a scope.</param>
public sealed record Switch(short Tenant, SwitchKind Kind, string Target, DateTime OffAt, string OffBy, string Reason);

public static class SwitchKinds
{
    /// <summary>As commands and the store write it.</summary>
    public static string Word(this SwitchKind kind) => kind.ToString().ToLowerInvariant();

    public static bool TryParse(string word, out SwitchKind kind)
    {
        foreach (var candidate in Enum.GetValues<SwitchKind>())
        {
            if (candidate.Word() == word)
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }
}
