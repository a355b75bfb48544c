using System.Diagnostics.CodeAnalysis;

namespace Isthmus.Trust.Access;

/// <summary>On whose behalf a scope asks (SMART App Launch 2.2, scopes for requesting FHIR resources).</summary>
public enum ScopeLevel
{
    /// <summary>For one patient, who is in the launch context.</summary>
    Patient,

    /// <summary>For what a person may see.</summary>
    User,

    /// <summary>For a machine, without a person.</summary>
    System,
}

/// <summary>
/// One resource scope of SMART v1 or v2: <c>system/Observation.rs?category=laboratory</c>. Two scopes are equal when they mean the same,
/// however they were written.
/// </summary>
public sealed class Scope : IEquatable<Scope>
{
    public const string AnyResource = "*";

    /// <summary>Longer ones are no scopes that anybody wrote by hand; they bound the work of reading.</summary>
    public const int MostCharacters = 1024;

    private const int LongestType = 64;

    private Scope(ScopeLevel level, string resource, Interactions interactions, SearchRestriction restriction) =>
        (Level, Resource, Interactions, Restriction) = (level, resource, interactions, restriction);

    public ScopeLevel Level { get; }

    /// <summary>A resource type, or <see cref="AnyResource"/>.</summary>
    public string Resource { get; }

    public Interactions Interactions { get; }

    public SearchRestriction Restriction { get; }

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Scope? scope)
    {
        scope = null;
        var query = text.IndexOf('?');
        var head = query < 0 ? text : text[..query];
        var slash = head.IndexOf('/');
        var dot = head.LastIndexOf('.');
        if (text.Length > MostCharacters || slash < 0 || dot < slash
            || LevelOf(head[..slash]) is not { } level
            || !IsResource(head[(slash + 1)..dot])
            || !InteractionLetters.TryParse(head[(dot + 1)..], out var interactions))
        {
            return false;
        }

        var restriction = SearchRestriction.None;
        if (query >= 0)
        {
            // SMART v1 has no granular scopes: a query behind one of its words is neither.
            var isFirstVersion = head[(dot + 1)..] is "read" or "write" or "*";
            restriction = isFirstVersion ? null : SearchRestriction.Parse(text[(query + 1)..]);
        }

        var resource = head[(slash + 1)..dot];
        if (restriction is null || (resource is AnyResource && !restriction.IsOfEveryType))
        {
            return false;
        }

        scope = new Scope(level, resource.ToString(), interactions, restriction);
        return true;
    }

    /// <summary>Whether everything <paramref name="other"/> grants is granted by this one alone.</summary>
    public bool Covers(Scope other) => (Interactions & other.Interactions) == other.Interactions && Reaches(other);

    /// <summary>Whether this grants the interaction with all that <paramref name="other"/> grants it with.</summary>
    internal bool Covers(Scope other, Interactions interaction) => Interactions.HasFlag(interaction) && Reaches(other);

    /// <summary>What both grant; null when nothing.</summary>
    public Scope? Intersect(Scope other)
    {
        var common = Interactions & other.Interactions;
        var resource = Resource == AnyResource ? other.Resource : Resource;
        return Level == other.Level && common != Interactions.None && (resource == other.Resource || other.Resource == AnyResource)
            ? new Scope(Level, resource, common, Restriction.And(other.Restriction))
            : null;
    }

    public bool Equals(Scope? other) =>
        other is not null && Level == other.Level && Resource == other.Resource && Interactions == other.Interactions && Restriction.Equals(other.Restriction);

    public override bool Equals(object? obj) => Equals(obj as Scope);

    public override int GetHashCode() => HashCode.Combine(Level, Resource, Interactions, Restriction);

    /// <summary>As SMART v2 writes it.</summary>
    public override string ToString() => $"{Word(Level)}/{Resource}.{InteractionLetters.Write(Interactions)}{Restriction}";

    private static string Word(ScopeLevel level) => level switch
    {
        ScopeLevel.Patient => "patient",
        ScopeLevel.User => "user",
        _ => "system",
    };

    private static ScopeLevel? LevelOf(ReadOnlySpan<char> word) => word switch
    {
        "patient" => ScopeLevel.Patient,
        "user" => ScopeLevel.User,
        "system" => ScopeLevel.System,
        _ => null,
    };

    private static bool IsResource(ReadOnlySpan<char> text)
    {
        if (text is AnyResource)
        {
            return true;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetter(c))
            {
                return false;
            }
        }

        return text.Length is > 0 and <= LongestType && char.IsAsciiLetterUpper(text[0]);
    }

    private bool Reaches(Scope other) =>
        Level == other.Level && (Resource == AnyResource || Resource == other.Resource) && Restriction.IsImpliedBy(other.Restriction);
}
