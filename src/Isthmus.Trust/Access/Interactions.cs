using System.Diagnostics.CodeAnalysis;

namespace Isthmus.Trust.Access;

/// <summary>What may be done with resources of a type: the permissions of a SMART v2 scope, in their order (SMART App Launch 2.2, scopes).</summary>
[Flags]
[SuppressMessage("Naming", "CA1714", Justification = "A set of interactions, as the field calls it.")]
public enum Interactions
{
    None = 0,
    Create = 1,

    /// <summary>Read, vread, and the history of one resource.</summary>
    Read = 2,

    /// <summary>Update and patch.</summary>
    Update = 4,
    Delete = 8,

    /// <summary>Search, and the history of a type.</summary>
    Search = 16,

    All = Create | Read | Update | Delete | Search,
}

/// <summary>Interactions as scopes write them.</summary>
public static class InteractionLetters
{
    private const string InOrder = "cruds";

    /// <summary>Every single interaction, in the order of their letters.</summary>
    public static IReadOnlyList<Interactions> Each { get; } =
        [Interactions.Create, Interactions.Read, Interactions.Update, Interactions.Delete, Interactions.Search];

    /// <summary>
    /// Letters of <c>cruds</c>, at least one, each once and in that order; or a word of SMART v1, which means
    /// <c>read</c>: rs, <c>write</c>: cud, <c>*</c>: cruds.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Interactions interactions)
    {
        interactions = text switch
        {
            "read" => Interactions.Read | Interactions.Search,
            "write" => Interactions.Create | Interactions.Update | Interactions.Delete,
            "*" => Interactions.All,
            _ => Interactions.None,
        };
        return interactions != Interactions.None || TryLetters(text, out interactions);
    }

    public static string Write(Interactions interactions) =>
        string.Concat(InOrder.Where((_, i) => interactions.HasFlag(Each[i])));

    private static bool TryLetters(ReadOnlySpan<char> text, out Interactions interactions)
    {
        interactions = Interactions.None;
        var after = -1;
        foreach (var letter in text)
        {
            var at = InOrder.IndexOf(letter, StringComparison.Ordinal);
            if (at <= after)
            {
                return false;
            }

            after = at;
            interactions |= Each[at];
        }

        return after >= 0;
    }
}
