namespace Isthmus.Inbound.Listeners.Http;

/// <summary>What a JSON body that is not FHIR may cost. The defaults hold any registration with its keys.</summary>
internal sealed record StrictJsonLimits
{
    public static StrictJsonLimits Default { get; } = new();

    public int Bytes { get; init; } = 1 << 20;

    public int Depth { get; init; } = 32;

    /// <summary>Names of all objects together.</summary>
    public int Names { get; init; } = 10_000;

    public int NameBytes { get; init; } = 256;

    public int StringBytes { get; init; } = 64 * 1024;

    /// <summary>An integer of 64 bits has 19 digits, a double's shortest text 24.</summary>
    public int NumberBytes { get; init; } = 32;

    /// <summary>Whether a number that a double cannot hold is refused; not where numbers are kept as text.</summary>
    public bool NumbersAreDoubles { get; init; } = true;
}
