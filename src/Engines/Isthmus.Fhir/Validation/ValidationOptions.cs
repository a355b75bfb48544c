using Isthmus.Fhir.Validation.Findings;

namespace Isthmus.Fhir.Validation;

/// <summary>How much is looked at.</summary>
public enum ValidationMode
{
    /// <summary>Everything.</summary>
    Full,

    /// <summary>Structure, primitive formats and references' form; no profiles, invariants or terminology.</summary>
    Structure,
}

/// <summary>What a validation is asked to do.</summary>
public sealed record ValidationOptions
{
    public static ValidationOptions Default { get; } = new();

    public ValidationMode Mode { get; init; } = ValidationMode.Full;

    /// <summary>End at the first error; what is found then is one error and whatever warnings came before it.</summary>
    public bool StopAtFirstError { get; init; }

    /// <summary>What weighs less is not reported; who asks for errors only pays for no warning's words.</summary>
    public FindingSeverity LeastSeverity { get; init; } = FindingSeverity.Information;

    /// <summary>Canonical URLs of profiles that the resource must fulfil besides those its <c>meta.profile</c> claims.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>What invariants take for now(); the reference of relative limits as well. Without it, rules that need the time are not checked.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Nobody reads more; what lies beyond is not looked at and the last finding says so.</summary>
    public int MaxFindings { get; init; } = 1000;
}
