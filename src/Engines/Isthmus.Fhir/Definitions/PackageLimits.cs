namespace Isthmus.Fhir.Definitions;

/// <summary>What a package may unpack to, so that a small file cannot fill the memory.</summary>
public sealed record PackageLimits
{
    public static PackageLimits Default { get; } = new();

    /// <summary>The core package of R4 has 4,600 files, the largest terminology package 20,000.</summary>
    public int MaxFiles { get; init; } = 50_000;

    /// <summary>The largest published definition is a code system of some 30 MB.</summary>
    public int MaxFileBytes { get; init; } = 128 * 1024 * 1024;

    public long MaxTotalBytes { get; init; } = 1024L * 1024 * 1024;
}
