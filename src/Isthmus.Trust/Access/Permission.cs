using System.Diagnostics.CodeAnalysis;

namespace Isthmus.Trust.Access;

/// <summary>A scope without its level, as access policies write it: <c>Observation.rs</c>, <c>*.rs</c>, or an operation's own <c>hl7v2:send</c>.</summary>
public sealed class Permission
{
    private Permission(string type, Interactions interactions, string? word) => (Type, Interactions, Word) = (type, interactions, word);

    /// <summary>A resource type, <c>*</c>, or empty where it is a word.</summary>
    public string Type { get; }

    public Interactions Interactions { get; }

    public string? Word { get; }

    /// <summary>Its interactions one by one.</summary>
    public IEnumerable<Interactions> Singles => InteractionLetters.Each.Where(i => Interactions.HasFlag(i));

    public static bool TryRead(string text, [MaybeNullWhen(false)] out Permission permission)
    {
        // Every level is read alike; the level is only there to make it a scope.
        permission = Scope.TryParse($"system/{text}", out var scope) && scope.Restriction.IsNone ? new Permission(scope.Resource, scope.Interactions, null)
            : ScopeSet.IsOperation(text) ? new Permission(string.Empty, Interactions.None, text)
            : null;
        return permission is not null;
    }

    /// <exception cref="ArgumentException">It is none; the site's check says so before.</exception>
    public static Permission Read(string text) =>
        TryRead(text, out var permission) ? permission : throw new ArgumentException("Not a permission.", nameof(text));
}
