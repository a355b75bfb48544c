using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Mediation.Persons;

namespace Isthmus.Mediation.Identify;

/// <summary>What a merge message comes to, by who is known under the number that stays and under the one that goes.</summary>
internal enum MergeCase
{
    /// <summary>Nobody is known under either: the patient is registered under both.</summary>
    Register,

    /// <summary>One person is known, and gets the number they were not known by.</summary>
    Link,

    /// <summary>Both numbers are one person's already.</summary>
    Known,

    /// <summary>Two persons become one.</summary>
    Merge,

    /// <summary>A person must decide.</summary>
    Doubtful,
}

/// <param name="Survivor">The person that stays; null where nobody is known.</param>
/// <param name="Gone">The person that is merged into them.</param>
/// <param name="Doubt">Why a person must decide.</param>
internal readonly record struct MergeDecision(MergeCase Case, KnownPerson? Survivor, KnownPerson? Gone, Finding? Doubt)
{
    /// <param name="stays">Keys of the trusted identifiers of PID-3.</param>
    /// <param name="goes">Keys of the trusted identifiers of MRG-1.</param>
    public static MergeDecision Of(
        IdentityTerms terms, IReadOnlyList<Guid> stays, IReadOnlyList<Guid> goes, IReadOnlyDictionary<Guid, KnownPerson> known)
    {
        if (terms.Merges == MergeTrust.Review)
        {
            return Doubtful(IdentityRules.MergeToReview);
        }

        if (goes.Count == 0)
        {
            return Doubtful(IdentityRules.MergeWithoutPrior);
        }

        var (staying, going) = (PersonsOf(stays, known), PersonsOf(goes, known));
        return (staying, going) switch
        {
            ({ Length: > 1 }, _) or (_, { Length: > 1 }) => Doubtful(IdentityRules.IdentifiersDisagree),
            ([], []) => new(MergeCase.Register, null, null, null),
            ([var only], []) => new(MergeCase.Link, only, null, null),
            ([], [var only]) => new(MergeCase.Link, only, null, null),
            ([var survivor], [var gone]) when survivor.Id == gone.Id => new(MergeCase.Known, survivor, null, null),
            ([var survivor], [var gone]) when Contradict(survivor, gone) => Doubtful(IdentityRules.MergeDoubtful),
            ([var survivor], [var gone]) => new(MergeCase.Merge, survivor, gone, null),
            _ => Doubtful(IdentityRules.IdentifiersDisagree),
        };
    }

    private static MergeDecision Doubtful(Finding why) => new(MergeCase.Doubtful, null, null, why);

    private static KnownPerson[] PersonsOf(IReadOnlyList<Guid> identifiers, IReadOnlyDictionary<Guid, KnownPerson> known) =>
        [.. identifiers.Where(known.ContainsKey).Select(i => known[i]).DistinctBy(p => p.Id)];

    /// <summary>Born on other days, or of another name altogether: two people may have been taken for one.</summary>
    private static bool Contradict(KnownPerson one, KnownPerson other) =>
        Differ(one.Birth, other.Birth) || (Differ(one.Family, other.Family) && Differ(one.Given, other.Given));

    private static bool Differ(long one, long other) => one != 0 && other != 0 && one != other;
}
