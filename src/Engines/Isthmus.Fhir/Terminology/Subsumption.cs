namespace Isthmus.Fhir.Terminology;

/// <summary>How two codes of a system stand to each other (FHIR R4 concept-subsumption-outcome).</summary>
public enum SubsumptionOutcome
{
    /// <summary>The code system is not here, one of the codes is not in the part that is, or its hierarchy is not of kinds.</summary>
    Unknown,
    Equivalent,

    /// <summary>The second is a kind of the first.</summary>
    Subsumes,

    /// <summary>The first is a kind of the second.</summary>
    SubsumedBy,
    NotSubsumed,
}

/// <summary>FHIR R4 <c>CodeSystem/$subsumes</c>.</summary>
public sealed record Subsumption(SubsumptionOutcome Outcome, IReadOnlyList<TerminologyFinding> Findings)
{
    public static Subsumption Of(TerminologySet terminology, string system, string first, string second)
    {
        if (terminology.CodeSystem(system) is not { } model)
        {
            return Unknown(TerminologyRules.CodeSystemUnknown, system);
        }

        var (one, two) = (model.IndexOf(first), model.IndexOf(second));
        if (one < 0 || two < 0)
        {
            return Unknown(model.IsComplete ? TerminologyRules.CodeNotInSystem : TerminologyRules.CodeSystemIncomplete, system);
        }

        if (one == two)
        {
            return new Subsumption(SubsumptionOutcome.Equivalent, model.Findings);
        }

        if (!model.HierarchyIsSubsumption)
        {
            return Unknown(TerminologyRules.HierarchyMeaning, system);
        }

        // On a cycle each is above the other: they are the same kind.
        var above = model.Descendants(one).Contains(two);
        var below = model.Ancestors(one).Contains(two);
        return new Subsumption(
            (above, below) switch
            {
                (true, true) => SubsumptionOutcome.Equivalent,
                (true, false) => SubsumptionOutcome.Subsumes,
                (false, true) => SubsumptionOutcome.SubsumedBy,
                _ => SubsumptionOutcome.NotSubsumed,
            },
            model.Findings);
    }

    private static Subsumption Unknown(TerminologyRule rule, string system) => new(SubsumptionOutcome.Unknown, [rule.At(system)]);
}
