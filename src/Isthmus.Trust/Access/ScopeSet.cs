using System.Collections.Frozen;
using Isthmus.Exchange;

namespace Isthmus.Trust.Access;

/// <summary>
/// What a client may hold, asks for, or was granted: resource scopes, and words such as <c>openid</c>, <c>launch/patient</c> or an
/// operation's own (<c>hl7v2:send</c>), which mean something only where they are asked for by name.
/// </summary>
public sealed class ScopeSet : IEquatable<ScopeSet>
{
    public const int MostCharacters = 8192;
    public const int MostScopes = 100;

    private static readonly FrozenSet<string> KnownWords = new[]
    {
        "openid", "profile", "fhirUser", "launch", "launch/patient", "launch/encounter", "offline_access", "online_access",
    }.ToFrozenSet(StringComparer.Ordinal);

    private ScopeSet(IReadOnlyList<Scope> scopes, FrozenSet<string> words) => (Scopes, Words) = (scopes, words);

    public static ScopeSet Empty { get; } = new([], FrozenSet<string>.Empty);

    /// <summary>Resource scopes; none covered by another one alone.</summary>
    public IReadOnlyList<Scope> Scopes { get; }

    /// <summary>Scopes that name no resource.</summary>
    public IReadOnlySet<string> Words { get; }

    public bool IsEmpty => Scopes.Count == 0 && Words.Count == 0;

    /// <summary>Reads the value of a <c>scope</c> parameter: scopes with one space between (RFC 6749 §3.3).</summary>
    /// <returns>Null, or why it is none.</returns>
    public static Refusal? TryParse(string text, out ScopeSet scopes)
    {
        scopes = Empty;
        if (text.Length is 0 or > MostCharacters)
        {
            return text.Length == 0 ? ScopeRules.Missing : ScopeRules.TooMany;
        }

        var parts = text.Split(' ');
        if (parts.Length > MostScopes)
        {
            return ScopeRules.TooMany;
        }

        var (found, words) = (new List<Scope>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var part in parts)
        {
            if (Scope.TryParse(part, out var scope))
            {
                found.Add(scope);
            }
            else if (IsWord(part))
            {
                words.Add(part);
            }
            else
            {
                return ScopeRules.Malformed;
            }
        }

        scopes = Of(found, words);
        return null;
    }

    public static ScopeSet Of(IEnumerable<Scope> scopes, IEnumerable<string> words)
    {
        Scope[] distinct = [.. scopes.Distinct()];
        return new ScopeSet(
            [.. distinct.Where(s => !distinct.Any(o => !o.Equals(s) && o.Covers(s))).OrderBy(s => s.ToString(), StringComparer.Ordinal)],
            words.ToFrozenSet(StringComparer.Ordinal));
    }

    /// <summary>Whether this grants all that the scope grants: each of its interactions by one of ours, whichever.</summary>
    public bool Covers(Scope scope) =>
        InteractionLetters.Each.Where(i => scope.Interactions.HasFlag(i)).All(i => Scopes.Any(s => s.Covers(scope, i)));

    public bool Covers(ScopeSet other) => other.Scopes.All(Covers) && other.Words.IsSubsetOf(Words);

    /// <summary>
    /// Whether a request for these may be granted whole. What goes beyond is refused and never trimmed: who is given less than was
    /// asked for finds out when the missing right is needed.
    /// </summary>
    public Refusal? RefuseBeyond(ScopeSet asked) => Covers(asked) ? null : ScopeRules.OverBroad;

    /// <summary>What both grant.</summary>
    public ScopeSet Intersect(ScopeSet other) =>
        Of(
            Scopes.SelectMany(ours => other.Scopes.Select(ours.Intersect)).OfType<Scope>(),
            Words.Where(other.Words.Contains));

    /// <summary>
    /// The restrictions under which one interaction with a type is granted, any of which suffices; one that is none grants it whole.
    /// Empty: it is not granted.
    /// </summary>
    public IReadOnlyList<SearchRestriction> Grants(ScopeLevel level, string type, Interactions interaction)
    {
        List<SearchRestriction>? found = null;
        foreach (var scope in Scopes)
        {
            if (scope.Level == level && (scope.Interactions & interaction) == interaction && (scope.Resource == type || scope.Resource == Scope.AnyResource))
            {
                (found ??= []).Add(scope.Restriction);
            }
        }

        return found ?? (IReadOnlyList<SearchRestriction>)[];
    }

    public bool Equals(ScopeSet? other) => other is not null && Scopes.SequenceEqual(other.Scopes) && Words.SetEquals(other.Words);

    public override bool Equals(object? obj) => Equals(obj as ScopeSet);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>As SMART v2 writes them, in ordinal order.</summary>
    public override string ToString() => string.Join(' ', Words.Order(StringComparer.Ordinal).Concat(Scopes.Select(s => s.ToString())));

    /// <summary>A word of SMART or OpenID Connect, or an operation of ours: <c>area:verb</c>.</summary>
    public static bool IsWord(string text) => KnownWords.Contains(text) || IsOperation(text);

    public static bool IsOperation(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return text.Length <= 64 && colon > 0 && IsPlain(text.AsSpan(0, colon)) && IsPlain(text.AsSpan(colon + 1));

        static bool IsPlain(ReadOnlySpan<char> part)
        {
            foreach (var c in part)
            {
                if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
                {
                    return false;
                }
            }

            return part.Length > 0 && char.IsAsciiLetterLower(part[0]);
        }
    }
}
